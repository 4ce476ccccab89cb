package io.expunge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;

/** A generated secret in a file that its owner alone may read. */
final class SecretFile {

    private static final int BYTES = 32;

    private SecretFile() {}

    /** The secret in {@code file}; a new one is written first when {@code fresh} and there is none yet. */
    static String read(Path file, boolean fresh) throws IOException {
        if (fresh && !Files.exists(file)) {
            var bytes = new byte[BYTES];
            new SecureRandom().nextBytes(bytes);
            var attributes = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
            Files.createFile(file, attributes);
            Files.writeString(file, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
        }
        if (!Files.exists(file)) {
            throw new IllegalStateException(file + " is missing; the database beside it cannot be opened without it");
        }
        return Files.readString(file).strip();
    }
}
