package io.expunge.catalog;

import io.expunge.keys.Key;
import io.expunge.keys.KeyRing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.text.Normalizer;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.UUID;
import javax.crypto.Mac;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Turns identifiers into pseudonyms, at the edge: HMAC-SHA256 over controller and identifier under a key that is not in
 * the database, cut to 16 bytes. Whoever has only the database cannot test a guess. Data that comes in gets pseudonyms
 * under the newest key; a person is looked for under all of them.
 */
@Component
public class Pseudonyms {

    private static final Logger log = LoggerFactory.getLogger(Pseudonyms.class);
    private static final String ALGORITHM = "HmacSHA256";
    private static final byte[] BLIND = "blind\0".getBytes(StandardCharsets.US_ASCII);

    private final KeyRing keys;
    private final Duration keyAge;
    private final Clock clock;

    Pseudonyms(CatalogSettings settings, Clock clock) {
        this.keys = KeyRing.open(settings.pseudonymKeyFile(), settings.pseudonymKeys(), clock);
        this.keyAge = settings.pseudonymKeyAge();
        this.clock = clock;
    }

    /**
     * Different people, each under every name that they may have.
     *
     * @param people one pseudonym for each person, under the newest key
     * @param names pseudonyms of all of them under every key, those of the newest key first
     * @param keyId of the newest key
     */
    public record Named(List<Pseudonym> people, List<Pseudonym> names, String keyId) {}

    /** The pseudonym of {@code identifier}; case matters, surrounding blanks and the Unicode form do not. */
    public Pseudonym of(UUID controller, String identifier) {
        return forController(controller).of(identifier);
    }

    /** Everybody whom {@code identifiers} name, under all keys. */
    public Named named(UUID controller, Collection<String> identifiers) {
        var live = keys.live();
        var names = new LinkedHashSet<Pseudonym>();
        var people = new LinkedHashSet<Pseudonym>();
        for (var key : live) {
            var batch = new Batch(key, controller);
            identifiers.forEach(identifier -> names.add(batch.of(identifier)));
            if (people.isEmpty()) {
                people.addAll(names);
            }
        }
        return new Named(
                List.copyOf(people), List.copyOf(names), live.getFirst().id());
    }

    /**
     * What stands for a text that may be personal where only equality matters. Under the oldest key, so that it stays the
     * same when a new one comes.
     */
    public String blind(UUID controller, String text) {
        var mac = mac(keys.live().getLast());
        mac.update(BLIND);
        mac.update(bytes(controller));
        return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** The id of the key that new pseudonyms are made under. */
    public String keyId() {
        return keys.current().id();
    }

    /** Takes a new key for what comes from now on, if the newest is as old as the settings allow. */
    public void rotateIfOld() {
        var since = keys.current().since().atStartOfDay(ZoneOffset.UTC).toInstant();
        if (keyAge.isPositive() && keys.own() && !clock.instant().isBefore(since.plus(keyAge))) {
            rotate();
        }
    }

    /** Takes a new key for what comes from now on. */
    void rotate() {
        log.info("new pseudonyms are made under key {}", keys.rotate().id());
    }

    /** For many identifiers of one controller on one thread. */
    Batch forController(UUID controller) {
        return new Batch(keys.current(), controller);
    }

    static final class Batch {

        private final Mac mac;
        private final byte[] controller;

        private Batch(Key key, UUID controller) {
            this.mac = mac(key);
            this.controller = bytes(controller);
        }

        Pseudonym of(String identifier) {
            var normal = Normalizer.normalize(identifier.strip(), Normalizer.Form.NFC);
            mac.update(controller);
            return Pseudonym.of(Arrays.copyOf(mac.doFinal(normal.getBytes(StandardCharsets.UTF_8)), Pseudonym.LENGTH));
        }
    }

    private static Mac mac(Key key) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(key.forAlgorithm(ALGORITHM));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC-SHA256 is missing", e);
        }
    }

    private static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }
}
