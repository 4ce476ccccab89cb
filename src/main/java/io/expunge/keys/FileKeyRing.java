package io.expunge.keys;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keys in a file that its owner alone may read, one a line, newest first. Every process looks whether the file has
 * changed before it uses a key, so that none goes on with one that was destroyed. Changes are made by one process at a
 * time.
 */
final class FileKeyRing implements KeyRing {

    private static final int ATTEMPTS = 3;

    private final Path file;
    private final Clock clock;

    private volatile @Nullable Read read;

    FileKeyRing(Path file, Clock clock) {
        this.file = file.toAbsolutePath();
        this.clock = clock;
        if (!Files.exists(file)) {
            create();
        }
        live();
    }

    /** What stood in the file when it looked like this. */
    private record Read(Object look, List<Key> keys) {}

    @Override
    public List<Key> live() {
        try {
            for (int attempt = 1; ; attempt++) {
                var look = look();
                var known = read;
                if (known != null && known.look().equals(look)) {
                    return known.keys();
                }
                try {
                    var keys = GivenKeyRing.parse(Files.readString(file));
                    if (keys.isEmpty()) {
                        throw new IllegalArgumentException("it is empty");
                    }
                    read = new Read(look, keys);
                    return keys;
                } catch (IllegalArgumentException e) {
                    // the file that was read is overwritten after another has taken its name
                    if (attempt == ATTEMPTS) {
                        throw new IllegalStateException(file + " does not hold keys: " + e.getMessage(), e);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private Object look() throws IOException {
        var now = Files.readAttributes(file, BasicFileAttributes.class);
        return List.of(Objects.requireNonNullElse(now.fileKey(), ""), now.lastModifiedTime(), now.size());
    }

    @Override
    public boolean own() {
        return true;
    }

    @Override
    public synchronized Key rotate() {
        var fresh = Key.random(today());
        var all = new ArrayList<Key>();
        all.add(fresh);
        all.addAll(live());
        replace(all);
        return fresh;
    }

    @Override
    public synchronized void destroy(String id) {
        if (current().id().equals(id)) {
            throw new IllegalArgumentException("the current key cannot be destroyed");
        }
        if (find(id).isPresent()) {
            replace(live().stream().filter(key -> !key.id().equals(id)).toList());
        }
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    private void create() {
        try {
            Files.createDirectories(file.getParent());
            var fresh = written(List.of(Key.random(today())));
            try {
                // a link fails where the file exists, so two processes that start together agree on one key
                Files.createLink(file, fresh);
            } catch (FileAlreadyExistsException e) {
                // the other process was first
            } finally {
                Files.delete(fresh);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /** The old file is overwritten once nobody finds it any more: what it held is not left among the free blocks. */
    private void replace(List<Key> keys) {
        try (var old = FileChannel.open(file, StandardOpenOption.WRITE)) {
            long size = old.size();
            Files.move(written(keys), file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            try (var directory = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
                directory.force(true);
            }
            old.write(ByteBuffer.allocate(Math.toIntExact(size)), 0);
            old.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    private Path written(List<Key> keys) throws IOException {
        var fresh = Files.createTempFile(
                file.getParent(),
                "key",
                "",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        var text = keys.stream().map(key -> key.line() + "\n").collect(Collectors.joining());
        try (var channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
            channel.force(true);
        }
        return fresh;
    }
}
