package io.expunge.notify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
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
    private static final int KEY_BYTES = 32;
    private static final String PREFIX = "whsec_";

    private final SecretKeySpec key;

    Secrets(NotifySettings settings) {
        this.key = new SecretKeySpec(read(settings.keyFile()), ALGORITHM);
    }

    /** As <a href="https://www.standardwebhooks.com">Standard Webhooks</a> writes it. */
    String text(UUID webhook, int generation) {
        return PREFIX + Base64.getEncoder().encodeToString(secret(webhook, generation));
    }

    /** {@code v1,} and the HMAC over message id, seconds and body. */
    String sign(UUID webhook, int generation, byte[] message) {
        return "v1,"
                + Base64.getEncoder()
                        .encodeToString(mac(new SecretKeySpec(secret(webhook, generation), ALGORITHM), message));
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

    private static byte[] read(Path file) {
        try {
            if (!Files.exists(file)) {
                create(file);
            }
            var bytes = HexFormat.of().parseHex(Files.readString(file).strip());
            if (bytes.length != KEY_BYTES) {
                throw new IllegalStateException(file + " must hold " + 2 * KEY_BYTES + " hexadecimal digits");
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read or write the webhooks' key", e);
        }
    }

    private static void create(Path file) throws IOException {
        var bytes = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(bytes);
        Files.createDirectories(file.toAbsolutePath().getParent());
        var draft = Files.createTempFile(
                file.toAbsolutePath().getParent(),
                "webhook",
                ".tmp",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(draft, HexFormat.of().formatHex(bytes));
        try {
            Files.createLink(file, draft); // whoever is first has made it
        } catch (FileAlreadyExistsException e) {
            // another process has
        } finally {
            Files.delete(draft);
        }
    }
}
