package io.expunge.audit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
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
import org.springframework.stereotype.Service;

/**
 * The Ed25519 keys that checkpoints and certificates are signed with. The newest signs; the public halves of all are kept,
 * so that what an older one signed can be verified for ever, and its private half is destroyed.
 */
@Service
public class SigningKeys {

    private static final String PRIVATE = ".key";
    private static final String PUBLIC = ".pub";

    private final Path directory;

    SigningKeys(AuditSettings settings) {
        this.directory = settings.keyDirectory();
    }

    /** Signs with the newest key. */
    public record Signed(VerificationKey key, byte[] signature) {}

    public Signed sign(byte[] message) {
        try {
            var newest = newest();
            var encoded = Base64.getDecoder()
                    .decode(Files.readString(newest.resolveSibling(name(newest) + PRIVATE))
                            .strip());
            var signer = Signature.getInstance("Ed25519");
            signer.initSign(KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(encoded)));
            signer.update(message);
            return new Signed(read(newest), signer.sign());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the signing key", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot sign", e);
        }
    }

    /** All public keys, the one that signs last. */
    public List<VerificationKey> all() {
        newest();
        return files().stream().map(SigningKeys::read).toList();
    }

    /** Which log this is: the name of every key. */
    public String origin() {
        return read(newest()).name();
    }

    /** Makes a new key, with which all is signed from now on; the private halves of older ones are deleted. */
    VerificationKey rotate() {
        var before = newest();
        var made = read(create(Integer.parseInt(name(before)) + 1, read(before).name()));
        try {
            for (var old : files()) {
                if (Integer.parseInt(name(old)) <= Integer.parseInt(name(before))) {
                    Files.deleteIfExists(old.resolveSibling(name(old) + PRIVATE));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete an old signing key", e);
        }
        return made;
    }

    private Path newest() {
        var all = files();
        if (!all.isEmpty()) {
            return all.getLast();
        }
        var random = new byte[8];
        new SecureRandom().nextBytes(random);
        return create(1, "expunge/" + HexFormat.of().formatHex(random));
    }

    /** The private half first, so that whoever sees the public one can sign. */
    private Path create(int number, String name) {
        var digits = String.format(Locale.ROOT, "%04d", number);
        var publicFile = directory.resolve(digits + PUBLIC);
        try {
            Files.createDirectories(directory);
            var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            var secret = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
            try {
                var file = Files.createFile(directory.resolve(digits + PRIVATE), secret);
                Files.writeString(
                        file,
                        Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded()));
            } catch (FileAlreadyExistsException e) {
                return made(publicFile);
            }
            var draft = directory.resolve(digits + ".tmp");
            Files.writeString(draft, VerificationKey.of(name, pair.getPublic()) + "\n");
            return Files.move(draft, publicFile, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a signing key", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Ed25519 is missing", e);
        }
    }

    /** Another process is making it. */
    private static Path made(Path file) {
        for (int i = 0; i < 100 && !Files.exists(file); i++) {
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        if (!Files.exists(file)) {
            throw new IllegalStateException(
                    file.getFileName() + " is missing beside its private half; remove that to have a new key made");
        }
        return file;
    }

    private List<Path> files() {
        var all = new ArrayList<Path>();
        if (Files.isDirectory(directory)) {
            try (var found = Files.newDirectoryStream(directory, "*" + PUBLIC)) {
                found.forEach(all::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        all.sort(null);
        return all;
    }

    private static String name(Path file) {
        var name = file.getFileName().toString();
        return name.substring(0, name.length() - PUBLIC.length());
    }

    private static VerificationKey read(Path file) {
        try {
            return VerificationKey.parse(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read a public key", e);
        }
    }
}
