package io.expunge.catalog;

import java.io.IOException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.InputStreamResource;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.converter.ResourceHttpMessageConverter;

/** Uploads reach their reader as a stream; the framework's own converter would gather them in memory first. */
@Configuration(proxyBeanMethods = false)
class StreamingBodies {

    @Bean
    HttpMessageConverter<Resource> streamingResources() {
        return new ResourceHttpMessageConverter(true) {
            @Override
            public boolean canRead(Class<?> type, @org.jspecify.annotations.Nullable MediaType mediaType) {
                return Resource.class == type;
            }

            @Override
            protected Resource readInternal(Class<? extends Resource> type, HttpInputMessage message)
                    throws IOException {
                return new InputStreamResource(message.getBody());
            }
        };
    }
}
