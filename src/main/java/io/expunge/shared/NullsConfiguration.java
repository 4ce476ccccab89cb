package io.expunge.shared;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** No list of the contract has a place for null. */
@Configuration(proxyBeanMethods = false)
class NullsConfiguration {

    @Bean
    JsonMapperBuilderCustomizer listsWithoutNulls() {
        return builder -> builder.changeDefaultNullHandling(
                all -> all.withOverrides(JsonSetter.Value.forContentNulls(Nulls.FAIL)));
    }
}
