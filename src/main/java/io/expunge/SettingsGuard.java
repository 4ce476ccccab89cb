package io.expunge;

import static org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form.UNIFORM;

import java.lang.reflect.RecordComponent;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.context.properties.ConfigurationPropertiesBean;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.stereotype.Component;

/**
 * Stops the start when a setting {@code expunge.*} belongs to no module; inside a module its own settings record does.
 * Environment variables are exempt: other programs may use the prefix.
 */
@Component
class SettingsGuard implements SmartInitializingSingleton {

    private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("expunge");

    private final ApplicationContext context;

    SettingsGuard(ApplicationContext context) {
        this.context = context;
    }

    @Override
    public void afterSingletonsInstantiated() {
        var known = known();
        ConfigurationPropertySources.get(context.getEnvironment()).forEach(source -> {
            if (source instanceof IterableConfigurationPropertySource names
                    && !(source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource)) {
                names.stream()
                        .filter(ROOT::isAncestorOf)
                        .filter(name -> !known.contains(name.getElement(1, UNIFORM)))
                        .findFirst()
                        .ifPresent(name -> {
                            throw new IllegalStateException("unknown setting " + name);
                        });
            }
        });
    }

    private Set<String> known() {
        var own = Stream.of(ExpungeSettings.class.getRecordComponents()).map(RecordComponent::getName);
        var modules = ConfigurationPropertiesBean.getAll(context).values().stream()
                .map(bean -> bean.getAnnotation().prefix())
                .filter(prefix -> prefix.startsWith("expunge."))
                .map(prefix -> ConfigurationPropertyName.of(prefix).getElement(1, UNIFORM));
        return Stream.concat(own, modules)
                .map(name -> name.toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
    }
}
