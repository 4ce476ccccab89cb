package io.expunge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.ConfigurationPropertiesBean;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Import;

class SettingsTest {

    /** Every settings record of the service, and nothing else of it. */
    @EnableConfigurationProperties
    @ConfigurationPropertiesScan("io.expunge")
    @Import(SettingsGuard.class)
    static class AllSettings {}

    private final ApplicationContextRunner service =
            new ApplicationContextRunner().withUserConfiguration(AllSettings.class);

    @Test
    void theDefaultsAreValid() {
        service.run(context -> assertThat(context).hasNotFailed());
    }

    @ParameterizedTest
    @ValueSource(strings = {"expunge.rol=worker", "expunge.rum.max-attempts=4", "expunge.role=none"})
    void aMistypedPropertyStopsTheService(String property) {
        service.withPropertyValues(property).run(context -> assertThat(context).hasFailed());
    }

    @ParameterizedTest
    @ValueSource(strings = {"expunge.role=worker", "expunge.data-directory=/tmp/x"})
    void aKnownPropertyDoesNot(String property) {
        service.withPropertyValues(property).run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void everySettingStandsInTheReadme() throws Exception {
        var readme = Files.readString(Path.of("README.md"));
        service.run(context -> ConfigurationPropertiesBean.getAll(context).values().stream()
                .filter(bean -> bean.getAnnotation().prefix().startsWith("expunge"))
                .forEach(bean -> names(
                                bean.getAnnotation().prefix(),
                                bean.getInstance().getClass())
                        .forEach(name -> assertThat(readme).contains("`" + name + "`"))));
    }

    private static Stream<String> names(String prefix, Class<?> settings) {
        return Stream.of(settings.getRecordComponents()).flatMap(component -> {
            var name = prefix + "." + DataObjectPropertyName.toDashedForm(component.getName());
            return component.getType().isRecord() ? names(name, component.getType()) : Stream.of(name);
        });
    }
}
