package io.expunge.run;

import io.expunge.engine.Logits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** What repetitions said, one file each in a directory of the run's workspace that bears the name of what was repeated. */
final class ReplicaFiles {

    private final Path directory;

    /** @param what is repeated; whatever differs in it never meets the files of another */
    ReplicaFiles(Path workspace, String what) {
        this.directory = workspace.resolve("replicas-" + UUID.nameUUIDFromBytes(what.getBytes(StandardCharsets.UTF_8)));
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those of the first {@code count} that have no file of this kind yet, ascending. */
    List<Integer> missing(String kind, int count) {
        return IntStream.range(0, count)
                .filter(number -> !Files.exists(file(kind, number)))
                .boxed()
                .toList();
    }

    void write(String kind, int number, Logits logits) {
        logits.write(file(kind, number));
    }

    /** The first {@code count} of a kind, each read when it is asked for. */
    List<Supplier<Logits>> all(String kind, int count) {
        return IntStream.range(0, count)
                .<Supplier<Logits>>mapToObj(number -> () -> Logits.read(file(kind, number)))
                .toList();
    }

    private Path file(String kind, int number) {
        return directory.resolve(kind + "-" + number + ".safetensors");
    }
}
