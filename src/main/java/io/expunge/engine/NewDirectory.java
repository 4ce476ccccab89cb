package io.expunge.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/** A directory that appears with all that it holds, on disk for good, or not at all. */
final class NewDirectory {

    /** Puts files into an empty directory and tells their caller a number. */
    interface Work {
        long fill(Path draft) throws IOException;
    }

    private NewDirectory() {}

    /** The draft is a sibling of the target, so that a rename suffices; it is removed when the work fails. */
    static long write(Path target, Work work) {
        var parent = Objects.requireNonNull(target.toAbsolutePath().getParent());
        var draft = parent.resolve("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            if (Files.exists(target)) {
                throw new FileAlreadyExistsException(target.toString());
            }
            try {
                Files.createDirectory(draft);
                long answer = work.fill(draft);
                force(draft);
                Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
                Disk.force(parent);
                return answer;
            } finally {
                delete(draft);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void force(Path draft) throws IOException {
        for (var path : deepestFirst(draft)) {
            if (Files.isDirectory(path)) {
                Disk.force(path);
            } else {
                try (var channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
            }
        }
    }

    private static void delete(Path draft) throws IOException {
        if (Files.exists(draft)) {
            for (var path : deepestFirst(draft)) {
                Files.delete(path);
            }
        }
    }

    private static List<Path> deepestFirst(Path draft) throws IOException {
        try (var walk = Files.walk(draft)) {
            return walk.sorted(Comparator.reverseOrder()).toList();
        }
    }
}
