package io.expunge.erasure;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Period;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How long, and under which keys, a request's own words are kept.
 *
 * @param keyFile keys that encrypt the data keys, made at the first start; without them no payload can be read
 * @param keys the same keys given from outside, newest first, in place of the file
 * @param token whose keys encrypt the data keys in place of these
 * @param keyAge after how long a new key takes over and the old one is destroyed
 * @param grace how long after its end a request's data key is kept
 * @param keepRequests how long after its end a request without a match, withdrawn or refused is kept at all
 */
@Validated
@ConfigurationProperties(prefix = "expunge.payload", ignoreUnknownFields = false)
record PayloadSettings(
        @DefaultValue("./data/payload.key") Path keyFile,

        @Nullable String keys,
        @Nullable Token token,
        @DefaultValue("30d") Duration keyAge,
        @DefaultValue("7d") Duration grace,
        @DefaultValue("P24M") Period keepRequests) {

    /**
     * A PKCS #11 token.
     *
     * @param library of its vendor
     * @param slotIndex which of the slots that the library shows, from 0
     * @param pin of the token's user
     * @param key label of the AES key that wraps now
     */
    record Token(Path library, @DefaultValue("0") int slotIndex, String pin, String key) {

        Token {
            Objects.requireNonNull(library, "expunge.payload.token.library is required");
            Objects.requireNonNull(pin, "expunge.payload.token.pin is required");
            Objects.requireNonNull(key, "expunge.payload.token.key is required");
        }

        @Override
        public String toString() {
            return "Token[" + library + ", slot " + slotIndex + ", key " + key + "]";
        }
    }
}
