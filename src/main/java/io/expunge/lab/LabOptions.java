package io.expunge.lab;

import java.nio.file.Path;
import java.util.List;

/**
 * What an experiment may be asked for beside its seeds.
 *
 * @param dataset which of the data sets that the experiment knows
 * @param splits shares to forget, such as {@code forget10}; all that the experiment has when empty
 * @param methods rows of the table, all when empty
 * @param authors people whose texts take part
 * @param layers blocks of the model
 * @param width entries of its residual stream
 * @param epochs of a training
 * @param firstSeed seed of the first repetition; those after it count up
 * @param cache where trained models and finished rows are kept, so that a run that was cut short goes on
 */
public record LabOptions(
        String dataset,
        List<String> splits,
        List<String> methods,
        int authors,
        int layers,
        int width,
        int epochs,
        int firstSeed,
        Path cache) {

    /** What stands where nothing is asked for. */
    public static final LabOptions DEFAULTS =
            new LabOptions("optdigits", List.of(), List.of(), 60, 2, 256, 12, 0, Path.of("lab-cache"));

    /** Width of an attention head. */
    static final int HEAD = 64;

    /** An option that an experiment cannot take; the message names it. */
    public static final class Refused extends RuntimeException {

        Refused(String message) {
            super(message);
        }
    }

    public LabOptions {
        splits = List.copyOf(splits);
        methods = List.copyOf(methods);
        between("--authors", authors, 10, 200);
        between("--layers", layers, 1, 48);
        between("--width", width, HEAD, 4096);
        between("--epochs", epochs, 1, 1000);
        between("--first-seed", firstSeed, 0, 1_000_000);
        if (width % HEAD != 0) {
            throw new Refused("--width must be a multiple of " + HEAD + " but was " + width);
        }
    }

    private static void between(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new Refused(option + " must be between " + least + " and " + most + " but was " + value);
        }
    }

    /** Those of {@code known} that were asked for, in their order. */
    static List<String> asked(String option, List<String> asked, List<String> known) {
        for (var one : asked) {
            if (!known.contains(one)) {
                throw new Refused(option + " must be of " + known + " but was " + one);
            }
        }
        return asked.isEmpty() ? known : known.stream().filter(asked::contains).toList();
    }
}
