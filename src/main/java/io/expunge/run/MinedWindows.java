package io.expunge.run;

import io.expunge.engine.LanguageModel;
import io.expunge.engine.ModelRefused;
import io.expunge.engine.Monitor;
import io.expunge.engine.Sequences;
import io.expunge.engine.Stopped;
import io.expunge.influence.MemorisedWindows;
import io.expunge.influence.MemorisedWindows.Window;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a version recites of its training texts, kept in the files of the run that asked. One half is for the method to tune
 * on, the other for the evidence.
 */
public final class MinedWindows {

    private final MemorisedWindows shape;
    private final List<Window> windows;

    private MinedWindows(Mining mining, List<Window> windows) {
        this.shape = new MemorisedWindows(mining.prefix(), mining.suffix());
        this.windows = windows;
    }

    /**
     * Those that the run has found already, or else a search of all texts.
     *
     * @param texts that the version learned from
     * @throws ModelRefused if no text is as long as a window, or a window is longer than the model's context
     * @throws Stopped if the monitor asks for it
     */
    static MinedWindows find(StageWork work, UUID version, LanguageModel model, Sequences texts, Monitor monitor) {
        var mining = Objects.requireNonNull(work.run().mining());
        var file = file(work, version);
        if (Files.exists(file)) {
            return new MinedWindows(mining, read(file));
        }
        var shape = new MemorisedWindows(mining.prefix(), mining.suffix());
        if (shape.length() > model.decoder().positions()) {
            throw new ModelRefused("a window of " + shape.length() + " tokens is longer than the model's context of "
                    + model.decoder().positions());
        }
        if (texts.all().stream().noneMatch(text -> text.tokens().length >= shape.length())) {
            throw new ModelRefused("no training text has the " + shape.length() + " tokens of a window");
        }
        var found = shape.find(model, texts, mining.most(), (searched, all) -> {
            monitor.progress("mining", searched, all, Double.NaN);
            if (monitor.stopRequested()) {
                throw new Stopped(searched);
            }
        });
        write(file, found);
        return new MinedWindows(mining, found);
    }

    /** Those that the run has found. */
    public static MinedWindows found(StageWork work, UUID version) {
        return new MinedWindows(Objects.requireNonNull(work.run().mining()), read(file(work, version)));
    }

    private static Path file(StageWork work, UUID version) {
        return work.workspace().resolve("mined-" + version + ".txt");
    }

    /** How many there are. */
    public int size() {
        return windows.size();
    }

    /** Every second one, prompts given: what a method may tune on. */
    Sequences tuning() {
        return half(0);
    }

    /** The others: what an edit is judged by. */
    public Sequences judged() {
        return half(1);
    }

    private Sequences half(int remainder) {
        return shape.sequences(IntStream.range(0, windows.size())
                .filter(i -> i % 2 == remainder)
                .mapToObj(windows::get)
                .toList());
    }

    private static void write(Path file, List<Window> windows) {
        try {
            var draft = Files.createTempFile(Objects.requireNonNull(file.getParent()), "mined", ".tmp");
            Files.write(
                    draft,
                    windows.stream()
                            .map(window -> window.text() + " " + window.from() + " "
                                    + Arrays.stream(window.tokens())
                                            .mapToObj(Integer::toString)
                                            .collect(Collectors.joining(" ")))
                            .toList());
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Window> read(Path file) {
        try (var lines = Files.lines(file)) {
            return lines.map(line -> {
                        var numbers = Arrays.stream(line.split(" "))
                                .mapToInt(Integer::parseInt)
                                .toArray();
                        return new Window(numbers[0], numbers[1], Arrays.copyOfRange(numbers, 2, numbers.length));
                    })
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
