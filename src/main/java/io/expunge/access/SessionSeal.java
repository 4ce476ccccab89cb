package io.expunge.access;

import io.expunge.keys.Envelope;
import io.expunge.keys.Key;
import io.expunge.keys.KeyDestroyed;
import io.expunge.keys.KeyRing;
import io.expunge.keys.RingEncryption;
import io.expunge.keys.Wrapped;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Makes what is stored of a session worthless without a key that is in no database: what it holds is encrypted and
 * authenticated, and the cookie is more than the stored id. So whoever reads the tables, or a backup of them, neither learns
 * anything nor gets into a session, and whoever writes to them puts no object into this process.
 */
@Component
class SessionSeal {

    private static final Logger log = LoggerFactory.getLogger(SessionSeal.class);
    private static final byte[] CONTEXT = "console session".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] COOKIE = "console cookie".getBytes(StandardCharsets.US_ASCII);
    private static final String ALGORITHM = "HmacSHA256";

    /** Texts, collections of them, tokens against forgery, what is passed to the next page and a sign-in under way. */
    private static final ObjectInputFilter KNOWN =
            ObjectInputFilter.Config.createFilter("maxdepth=20;maxbytes=8388608;java.lang.*;java.util.*;"
                    + "java.util.concurrent.CopyOnWriteArrayList;org.springframework.web.servlet.FlashMap;"
                    + "org.springframework.util.LinkedMultiValueMap;org.springframework.util.MultiValueMapAdapter;"
                    + "org.springframework.security.web.csrf.DefaultCsrfToken;"
                    + "org.springframework.security.oauth2.core.AuthorizationGrantType;"
                    + "org.springframework.security.oauth2.core.endpoint.*;!*");

    private final KeyRing ring;
    private final Envelope envelope;

    SessionSeal(AccessSettings settings, Clock clock) {
        this.ring = KeyRing.open(settings.sessionKeyFile(), null, clock);
        this.envelope = new Envelope(new RingEncryption(ring));
    }

    byte[] seal(Object attribute) {
        try {
            var plain = new ByteArrayOutputStream();
            try (var out = new ObjectOutputStream(plain)) {
                out.writeObject(attribute);
            }
            var sealed = envelope.seal(plain.toByteArray(), CONTEXT);
            var bytes = new ByteArrayOutputStream();
            var out = new DataOutputStream(bytes);
            out.writeUTF(sealed.key().keyId());
            out.writeShort(sealed.key().bytes().length);
            out.write(sealed.key().bytes());
            out.write(sealed.ciphertext());
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What was sealed; null where it was changed, or is of another key or another version of this service. */
    @Nullable Object open(byte[] bytes) {
        try {
            var in = new DataInputStream(new ByteArrayInputStream(bytes));
            var keyId = in.readUTF();
            var key = new Wrapped(keyId, in.readNBytes(in.readUnsignedShort()));
            var plain = envelope.open(new Envelope.Sealed(key, in.readAllBytes()), CONTEXT);
            try (var objects = new ObjectInputStream(new ByteArrayInputStream(plain))) {
                objects.setObjectInputFilter(KNOWN);
                return objects.readObject();
            }
        } catch (IOException | ClassNotFoundException | SecurityException | KeyDestroyed e) {
            log.debug("a session's attribute does not open", e);
            return null;
        }
    }

    /** The cookie of the session of this id. */
    String cookie(String session) {
        return session + "." + mac(ring.current(), session);
    }

    /** The id of the session that a cookie belongs to; null unless this service made it. */
    @Nullable String session(String cookie) {
        int dot = cookie.indexOf('.');
        if (dot < 0) {
            return null;
        }
        var session = cookie.substring(0, dot);
        var given = cookie.substring(dot + 1).getBytes(StandardCharsets.UTF_8);
        return ring.live().stream()
                        .anyMatch(key ->
                                MessageDigest.isEqual(mac(key, session).getBytes(StandardCharsets.US_ASCII), given))
                ? session
                : null;
    }

    private static String mac(Key key, String session) {
        try {
            var own = Mac.getInstance(ALGORITHM);
            own.init(key.forAlgorithm(ALGORITHM));
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(own.doFinal(COOKIE), ALGORITHM));
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(mac.doFinal(session.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC-SHA256 is missing", e);
        }
    }
}
