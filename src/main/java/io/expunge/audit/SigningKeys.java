package io.expunge.audit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.springframework.stereotype.Service;

/**
 * The Ed25519 keys that checkpoints and certificates are signed with. The newest signs; the public halves of all are kept,
 * so that what an older one signed can be verified for ever, and its private half is destroyed.
 *
 * <p>{@code 0001.key} holds a private half and its public one, a line each; once it is retired {@code 0001.pub} holds the
 * public one alone.
 */
@Service
public class SigningKeys {

    private static final String PRIVATE = ".key";
    private static final String PUBLIC = ".pub";
    private static final int ATTEMPTS = 3;

    private final Path directory;

    SigningKeys(AuditSettings settings) {
        this.directory = settings.keyDirectory();
    }

    /**
     * What was signed with which key.
     *
     * @param signature 64 bytes
     */
    public record Signed(VerificationKey key, byte[] signature) {}

    /** Signs with the newest key. */
    public Signed sign(byte[] message) {
        try {
            var lines = newest();
            var signer = Signature.getInstance("Ed25519");
            signer.initSign(KeyFactory.getInstance("Ed25519")
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(lines.getFirst()))));
            signer.update(message);
            return new Signed(VerificationKey.parse(lines.getLast()), signer.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot sign", e);
        }
    }

    /** All public keys, the one that signs last. */
    public List<VerificationKey> all() {
        newest();
        return attempted(() -> {
            var keys = new ArrayList<VerificationKey>();
            for (var file : files().values()) {
                keys.add(VerificationKey.parse(Files.readAllLines(file).getLast()));
            }
            return List.copyOf(keys);
        });
    }

    /** Which log this is: the name of every key. */
    public String origin() {
        return VerificationKey.parse(newest().getLast()).name();
    }

    /** Makes a new key, with which all is signed from now on; the private halves of older ones are destroyed. */
    VerificationKey rotate() {
        int last = files().isEmpty() ? 0 : files().lastKey();
        var made = VerificationKey.parse(create(last + 1, origin()).getLast());
        try {
            for (int number = 1; number <= last; number++) {
                var old = file(number, PRIVATE);
                if (Files.exists(old)) {
                    var draft = Files.writeString(
                            directory.resolve(number + ".tmp"),
                            Files.readAllLines(old).getLast() + "\n");
                    Files.move(draft, file(number, PUBLIC), StandardCopyOption.ATOMIC_MOVE);
                    Files.delete(old);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot retire an old signing key", e);
        }
        return made;
    }

    /** Both halves of the key that signs. */
    private List<String> newest() {
        return attempted(() -> {
            var all = files();
            if (!all.isEmpty()) {
                return Files.readAllLines(all.lastEntry().getValue());
            }
            var random = new byte[8];
            new SecureRandom().nextBytes(random);
            return create(1, "expunge/" + HexFormat.of().formatHex(random));
        });
    }

    private interface Reading<T> {
        T read() throws IOException;
    }

    /** A file that was listed may have been retired by another process before it is read. */
    private static <T> T attempted(Reading<T> reading) {
        for (int attempt = 1; ; attempt++) {
            try {
                return reading.read();
            } catch (NoSuchFileException e) {
                if (attempt == ATTEMPTS) {
                    throw new UncheckedIOException("cannot read the signing keys", e);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read the signing keys", e);
            }
        }
    }

    /** Appears whole or not at all; of two processes that make one at the same time one does. Both halves of it. */
    private List<String> create(int number, String name) {
        try {
            Files.createDirectories(directory);
            var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            var secret = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
            var draft = Files.createTempFile(directory, "key", ".tmp", secret);
            try {
                Files.writeString(
                        draft,
                        Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded()) + "\n"
                                + VerificationKey.of(name, pair.getPublic()) + "\n");
                Files.createLink(file(number, PRIVATE), draft);
            } catch (FileAlreadyExistsException e) {
                // the other process was first
            } finally {
                Files.delete(draft);
            }
            return Files.readAllLines(file(number, PRIVATE));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a signing key", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Ed25519 is missing", e);
        }
    }

    private Path file(int number, String suffix) {
        return directory.resolve(String.format(Locale.ROOT, "%04d", number) + suffix);
    }

    /** By number; of one that is being retired either file. */
    private NavigableMap<Integer, Path> files() {
        var all = new TreeMap<Integer, Path>();
        if (Files.isDirectory(directory)) {
            try (var found = Files.newDirectoryStream(directory, "[0-9][0-9][0-9][0-9].{key,pub}")) {
                for (var file : found) {
                    all.put(Integer.parseInt(file.getFileName().toString().substring(0, 4)), file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("cannot list the signing keys", e);
            }
        }
        return all;
    }
}
