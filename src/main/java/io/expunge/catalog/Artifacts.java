package io.expunge.catalog;

import io.expunge.shared.Problem;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.util.FileSystemUtils;

/**
 * The artifact directory. What is stored is written under a temporary name, fsynced and renamed, so a reader sees all of
 * it or nothing; what is stored once never changes.
 */
@Component
public class Artifacts {

    private final Path root;

    Artifacts(CatalogSettings settings) throws IOException {
        this.root = settings.artifactDirectory().toAbsolutePath().normalize();
        for (var folder : new String[] {"datasets", "versions", "runs", "members", "curvature", "staging"}) {
            Files.createDirectories(root.resolve(folder));
        }
    }

    /** Working files of a run, the same directory in every process; made if it is not there. */
    public Path workspace(UUID run) {
        try {
            return Files.createDirectories(root.resolve("runs").resolve(run.toString()));
        } catch (IOException e) {
            throw explain(e);
        }
    }

    /**
     * What was deleted.
     *
     * @param digest SHA-256 over name and SHA-256 of every file, in order of name; empty where contents have an address
     */
    public record Erased(int files, long bytes, String digest) {

        static final Erased NOTHING = new Erased(0, 0, "");
    }

    /** Deletes a run's working files for good; nothing happens where there are none. */
    public Erased eraseWorkspace(UUID run) {
        var workspace = root.resolve("runs").resolve(run.toString());
        try {
            if (!Files.exists(workspace)) {
                return Erased.NOTHING;
            }
            var all = sha256();
            for (var file : files(workspace)) {
                all.update(file.toString().getBytes(StandardCharsets.UTF_8));
                all.update(digest(workspace.resolve(file)));
            }
            var gone = erase(workspace);
            return new Erased(gone.files(), gone.bytes(), HexFormat.of().formatHex(all.digest()));
        } catch (IOException e) {
            throw explain(e);
        }
    }

    /** What a member of ensembles said, whether it is there or not. */
    public Path member(UUID controller, String key) {
        return root.resolve("members")
                .resolve(controller.toString())
                .resolve(key.substring(0, 2))
                .resolve(key + ".safetensors");
    }

    /**
     * Moves what a member said from a run's working files to where it stays.
     *
     * @param file complete and flushed to the disk
     */
    public void keepMember(UUID controller, String key, Path file) {
        var target = member(controller, key);
        try {
            var folder = Objects.requireNonNull(target.getParent());
            if (Files.notExists(folder)) {
                Files.createDirectories(folder);
                sync(folder.resolveSibling(".").normalize(), StandardOpenOption.READ);
            }
            Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
            sync(folder, StandardOpenOption.READ);
        } catch (IOException e) {
            throw explain(e);
        }
    }

    /**
     * Deletes for good what a member said; nothing happens where it is not there.
     *
     * @return how many bytes that were
     */
    public long eraseMember(UUID controller, String key) {
        var file = member(controller, key);
        try {
            if (Files.notExists(file)) {
                return 0;
            }
            long bytes = Files.size(file);
            Files.delete(file);
            sync(Objects.requireNonNull(file.getParent()), StandardOpenOption.READ);
            return bytes;
        } catch (IOException e) {
            throw explain(e);
        }
    }

    /** Curvature factors of a version, the same directory in every process, whether it is there or not. */
    public Path curvature(UUID version) {
        return root.resolve("curvature").resolve(version.toString());
    }

    /** Deletes a directory for good: when this returns, no crash brings its entries back. */
    Erased erase(Path directory) {
        try {
            if (!Files.exists(directory)) {
                return Erased.NOTHING;
            }
            var files = files(directory);
            long bytes = 0;
            for (var file : files) {
                bytes += Files.size(directory.resolve(file));
            }
            FileSystemUtils.deleteRecursively(directory);
            sync(directory.resolveSibling(".").normalize(), StandardOpenOption.READ);
            return new Erased(files.size(), bytes, "");
        } catch (IOException e) {
            throw explain(e);
        }
    }

    /** Deletes what uploads that nobody ended left behind before a time; says how many. */
    public int eraseAbandonedUploads(Instant before) {
        int count = 0;
        try (var all = Files.list(root.resolve("staging"))) {
            for (var one : all.toList()) {
                if (lastChange(one).isBefore(before)) {
                    delete(one);
                    count++;
                }
            }
            return count;
        } catch (IOException e) {
            throw explain(e);
        }
    }

    /** When anything below a directory was written last. */
    private static Instant lastChange(Path directory) throws IOException {
        var last = Instant.EPOCH;
        try (var all = Files.walk(directory)) {
            for (var one : all.toList()) {
                var time = Files.getLastModifiedTime(one).toInstant();
                last = time.isAfter(last) ? time : last;
            }
        } catch (NoSuchFileException | UncheckedIOException e) {
            return Instant.MAX; // somebody works there
        }
        return last;
    }

    /** An empty directory that nobody else uses. */
    Path staging() {
        try {
            return Files.createTempDirectory(root.resolve("staging"), "part-");
        } catch (IOException e) {
            throw explain(e);
        }
    }

    Path datasets() {
        return root.resolve("datasets");
    }

    /** The files of a version. */
    Path version(byte[] digest) {
        return root.resolve("versions").resolve(HexFormat.of().formatHex(digest));
    }

    /**
     * Stores copies of {@code files} (name → content) together.
     *
     * @return their address: SHA-256 over the SHA-256 of each file, in order of name
     */
    byte[] storeVersion(Map<String, Path> files) {
        var staging = staging();
        try {
            var address = sha256();
            for (var file : new TreeMap<>(files).entrySet()) {
                address.update(copy(file.getValue(), staging.resolve(file.getKey())));
            }
            var digest = address.digest();
            settle(staging, version(digest));
            return digest;
        } catch (IOException e) {
            throw explain(e);
        } finally {
            delete(staging);
        }
    }

    /** Stores a directory of any depth as it is, and takes it away from where it was. */
    byte[] storeVersion(Path directory) {
        try {
            var address = sha256();
            for (var file : files(directory)) {
                address.update(digest(directory.resolve(file)));
            }
            var digest = address.digest();
            settle(directory, version(digest));
            delete(directory);
            return digest;
        } catch (IOException e) {
            throw explain(e);
        }
    }

    /** All files below a directory, relative to it, in order of name. */
    static List<Path> files(Path directory) throws IOException {
        try (var all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile)
                    .map(directory::relativize)
                    .sorted(Comparator.comparing(Path::toString))
                    .toList();
        }
    }

    /** Renames the complete directory {@code from} to {@code to}; where {@code to} exists it holds the same already. */
    static void settle(Path from, Path to) throws IOException {
        try (var all = Files.walk(from)) {
            for (var one : all.sorted(Comparator.reverseOrder()).toList()) {
                sync(one, Files.isDirectory(one) ? StandardOpenOption.READ : StandardOpenOption.WRITE);
            }
        }
        if (!Files.exists(to)) {
            try {
                Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
            } catch (FileSystemException e) {
                if (!Files.exists(to)) {
                    throw e;
                }
            }
        }
        sync(to.resolveSibling(".").normalize(), StandardOpenOption.READ);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The SHA-256 of a file. */
    static byte[] digest(Path file) throws IOException {
        var digest = sha256();
        try (InputStream in = Files.newInputStream(file)) {
            var buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        }
        return digest.digest();
    }

    static void delete(Path directory) {
        try {
            FileSystemUtils.deleteRecursively(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete working files", e);
        }
    }

    /** A full disk is the operator's to mend and says so, a sender who went away hears nothing; else it stays what it is. */
    static RuntimeException explain(IOException e) {
        if (e.getCause() instanceof EOFException) {
            return new Problem(Problem.Kind.INVALID, "upload-cut-short", "the sender went away; nothing was stored");
        }
        var text = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        return text.contains("no space left") || text.contains("quota")
                ? new Problem(
                        Problem.Kind.NO_SPACE,
                        "disk-full",
                        "the artifact directory is full; nothing was stored, send it again when there is space")
                : new UncheckedIOException(e);
    }

    private static byte[] copy(Path from, Path to) throws IOException {
        var digest = sha256();
        try (var out = new DigestOutputStream(Files.newOutputStream(to), digest)) {
            Files.copy(from, out);
        }
        return digest.digest();
    }

    private static void sync(Path path, StandardOpenOption mode) throws IOException {
        try (var channel = FileChannel.open(path, mode)) {
            channel.force(true);
        }
    }
}
