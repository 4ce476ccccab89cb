package io.expunge.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Files of the form of optdigits with digits of our own. */
final class MadeDigits {

    private MadeDigits() {}

    static void write(Path data, int train, int test) throws IOException {
        var folder = Files.createDirectory(data.resolve("optdigits"));
        file(folder.resolve("optdigits.tra"), train, 1);
        file(folder.resolve("optdigits.tes"), test, 2);
    }

    /** Ten patterns under so much noise that each digit matters to some others. */
    private static void file(Path file, int count, long seed) throws IOException {
        var random = new Random(seed);
        var patterns = new Random(0).ints(640, 0, 17).toArray();
        var lines = IntStream.range(0, count)
                .mapToObj(i -> {
                    int label = random.nextInt(10);
                    return IntStream.range(0, 64)
                                    .map(j -> Math.clamp(
                                            Math.round(patterns[label * 64 + j] + 8 * random.nextGaussian()), 0, 16))
                                    .mapToObj(Integer::toString)
                                    .collect(Collectors.joining(","))
                            + "," + label;
                })
                .toList();
        Files.write(file, lines);
    }
}
