package io.expunge;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.stereotype.Component;

/** Hands the engine its setting before anything is computed; the engine itself knows no Spring. */
@Component
class EngineConfiguration implements InitializingBean {

    private static final String THREADS = "expunge.engine.threads";

    private final ExpungeSettings settings;

    EngineConfiguration(ExpungeSettings settings) {
        this.settings = settings;
    }

    @Override
    public void afterPropertiesSet() {
        System.setProperty(THREADS, Integer.toString(settings.engine().threads()));
    }
}
