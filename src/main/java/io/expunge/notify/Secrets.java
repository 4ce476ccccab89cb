package io.expunge.notify;

import io.expunge.keys.KeyRing;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.Base64;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.stereotype.Component;

/**
 * The secrets that deliveries are signed with. They are derived from one key that is in no database, by endpoint and number
 * of rotations, so none is stored.
 */
@Component
class Secrets {

    private static final String ALGORITHM = "HmacSHA256";
    private static final String PREFIX = "whsec_";

    private final SecretKeySpec key;

    Secrets(NotifySettings settings, Clock clock) {
        this.key = KeyRing.open(settings.keyFile(), null, clock).current().forAlgorithm(ALGORITHM);
    }

    /** The secret's 32 bytes as <a href="https://www.standardwebhooks.com">Standard Webhooks</a> writes them. */
    String text(UUID webhook, int generation) {
        return PREFIX + Base64.getEncoder().encodeToString(secret(webhook, generation));
    }

    /** {@code v1,} and the HMAC-SHA256 over message id, seconds and body, each behind a dot. */
    String sign(UUID webhook, int generation, byte[] message) {
        var own = new SecretKeySpec(secret(webhook, generation), ALGORITHM);
        return "v1," + Base64.getEncoder().encodeToString(mac(own, message));
    }

    private byte[] secret(UUID webhook, int generation) {
        return mac(key, ("webhook " + webhook + " " + generation).getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] mac(SecretKeySpec key, byte[] message) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC-SHA256 is missing", e);
        }
    }
}
