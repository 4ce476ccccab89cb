package io.expunge.erasure;

import io.expunge.keys.KeyEncryption;
import io.expunge.keys.KeyRing;
import io.expunge.keys.RingEncryption;
import io.expunge.keys.TokenEncryption;
import java.time.Clock;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Keys from a file or the environment, or in a token; a bean of type {@link KeyEncryption} takes the place of both. */
@Configuration(proxyBeanMethods = false)
class PayloadConfiguration {

    @Bean
    KeyRing payloadKeyRing(PayloadSettings settings, Clock clock) {
        return KeyRing.open(settings.keyFile(), settings.keys(), clock);
    }

    @Bean
    @ConditionalOnMissingBean
    KeyEncryption payloadKeys(KeyRing payloadKeyRing, PayloadSettings settings) {
        var ring = new RingEncryption(payloadKeyRing);
        var token = settings.token();
        return token == null
                ? ring
                : TokenEncryption.open(token.library(), token.slotIndex(), token.pin(), token.key(), ring);
    }
}
