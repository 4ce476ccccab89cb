package io.expunge.shared;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.NopAnnotationIntrospector;
import tools.jackson.databind.module.SimpleModule;

/** Every component of a record is required, but for those that may be null. */
@Configuration(proxyBeanMethods = false)
class OptionalsConfiguration {

    @Bean
    JacksonModule requiredUnlessNullable() {
        return new SimpleModule("required unless nullable") {
            @Override
            public void setupModule(SetupContext context) {
                super.setupModule(context);
                context.insertAnnotationIntrospector(new RequiredUnlessNullable());
            }
        };
    }

    private static final class RequiredUnlessNullable extends NopAnnotationIntrospector {

        private static final long serialVersionUID = 1L;

        @Override
        public @Nullable Boolean hasRequiredMarker(MapperConfig<?> config, AnnotatedMember member) {
            if (!(member instanceof AnnotatedParameter parameter)
                    || !(parameter.getOwner().getMember() instanceof java.lang.reflect.Executable creator)) {
                return null;
            }
            var said = member.getAnnotation(JsonProperty.class);
            if (said != null && said.isRequired().asBoolean() != null) {
                return null;
            }
            return !creator.getAnnotatedParameterTypes()[parameter.getIndex()].isAnnotationPresent(Nullable.class);
        }
    }
}
