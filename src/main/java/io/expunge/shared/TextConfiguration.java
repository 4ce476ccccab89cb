package io.expunge.shared;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.JacksonModule;

@Configuration(proxyBeanMethods = false)
class TextConfiguration {

    @Bean
    JacksonModule storableText() {
        return StorableText.module();
    }
}
