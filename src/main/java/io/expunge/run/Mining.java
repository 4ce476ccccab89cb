package io.expunge.run;

/**
 * How windows of a version's training texts are found that it recites.
 *
 * @param prefix tokens that are given
 * @param suffix tokens that are to be recited
 * @param most windows after which the search ends
 */
public record Mining(int prefix, int suffix, int most) {

    private static final int FEWEST = 8;
    private static final int LONGEST = 1 << 20;
    private static final int MOST = 100_000;

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException naming the one that is out of its range
     */
    public Mining {
        between("mining.prefix", prefix, 1, LONGEST);
        between("mining.suffix", suffix, 1, LONGEST);
        between("mining.most", most, FEWEST, MOST);
    }

    private static void between(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    name + " must be between " + least + " and " + most + " but was " + value);
        }
    }
}
