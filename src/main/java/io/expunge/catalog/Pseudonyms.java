package io.expunge.catalog;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.stereotype.Component;

/**
 * Turns identifiers into pseudonyms, at the edge: HMAC-SHA256 over controller and identifier under a key that is not in
 * the database, cut to 16 bytes. Whoever has only the database cannot test a guess.
 */
@Component
public class Pseudonyms {

    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEY_BYTES = 32;

    private final SecretKeySpec key;

    Pseudonyms(CatalogSettings settings) {
        this.key = new SecretKeySpec(key(settings.pseudonymKeyFile()), ALGORITHM);
    }

    /** The pseudonym of {@code identifier}; case matters, surrounding blanks and the Unicode form do not. */
    public Pseudonym of(UUID controller, String identifier) {
        return forController(controller).of(identifier);
    }

    /** For many identifiers of one controller on one thread. */
    Batch forController(UUID controller) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return new Batch(mac, controller);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC-SHA256 is missing", e);
        }
    }

    static final class Batch {

        private final Mac mac;
        private final byte[] controller;

        private Batch(Mac mac, UUID controller) {
            this.mac = mac;
            this.controller = ByteBuffer.allocate(16)
                    .putLong(controller.getMostSignificantBits())
                    .putLong(controller.getLeastSignificantBits())
                    .array();
        }

        Pseudonym of(String identifier) {
            var normal = Normalizer.normalize(identifier.strip(), Normalizer.Form.NFC);
            mac.update(controller);
            return Pseudonym.of(Arrays.copyOf(mac.doFinal(normal.getBytes(StandardCharsets.UTF_8)), Pseudonym.LENGTH));
        }
    }

    private static byte[] key(Path file) {
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
            throw new UncheckedIOException("cannot read or write the pseudonym key", e);
        }
    }

    private static void create(Path file) throws IOException {
        var bytes = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(bytes);
        Files.createDirectories(file.toAbsolutePath().getParent());
        var fresh = Files.createTempFile(
                file.toAbsolutePath().getParent(),
                "key",
                "",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(fresh, HexFormat.of().formatHex(bytes));
        try {
            // a link fails where the file exists, so two processes that start together agree on one key
            Files.createLink(file, fresh);
        } catch (FileAlreadyExistsException e) {
            // the other process was first
        } finally {
            Files.delete(fresh);
        }
    }
}
