package io.expunge.erasure;

import io.expunge.keys.KeyEncryption;
import io.expunge.keys.KeyRing;
import io.expunge.keys.RingEncryption;
import java.time.Clock;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A bean of type {@link KeyEncryption}, for instance of a key management service, takes the place of the ring. */
@Configuration(proxyBeanMethods = false)
class PayloadConfiguration {

    @Bean
    KeyRing payloadKeyRing(PayloadSettings settings, Clock clock) {
        return KeyRing.open(settings.keyFile(), settings.keys(), clock);
    }

    @Bean
    @ConditionalOnMissingBean
    KeyEncryption payloadKeys(KeyRing payloadKeyRing) {
        return new RingEncryption(payloadKeyRing);
    }
}
