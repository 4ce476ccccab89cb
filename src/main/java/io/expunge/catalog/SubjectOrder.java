package io.expunge.catalog;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashSet;

/**
 * The records of known people in the order of their pseudonyms' first four bytes, and by ordinal among equals. Sorted by
 * two counting passes over a mapped file, so that it takes 8 bytes of heap a record and needs no sort in the database.
 */
final class SubjectOrder implements AutoCloseable {

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int DIGIT_BITS = 16;
    private static final int DIGITS = 1 << DIGIT_BITS;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment people;
    private final int[] ordinals;

    /** @param file pseudonyms in the order of the records, zeros where nobody is known */
    SubjectOrder(Path file) throws IOException {
        try (var channel = FileChannel.open(file)) {
            people = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        }
        ordinals = pass(pass(known(), 0), DIGIT_BITS);
    }

    int size() {
        return ordinals.length;
    }

    /** The ordinal of the record in this place of the order. */
    int ordinal(int place) {
        return ordinals[place];
    }

    /** Copies the pseudonym of the record in this place of the order. */
    void pseudonym(int place, byte[] into, int at) {
        MemorySegment.copy(people, ValueLayout.JAVA_BYTE, offset(ordinals[place]), into, at, Pseudonym.LENGTH);
    }

    /** How many different people there are. */
    long people() {
        long count = 0;
        var alike = new HashSet<Pseudonym>();
        for (int place = 0; place < ordinals.length; place++) {
            int ordinal = ordinals[place];
            if (place > 0 && same(ordinal, ordinals[place - 1])) {
                continue;
            }
            if (place > 0 && key(ordinal) != key(ordinals[place - 1])) {
                count += alike.size();
                alike.clear();
            }
            var bytes = new byte[Pseudonym.LENGTH];
            pseudonym(place, bytes, 0);
            alike.add(Pseudonym.of(bytes));
        }
        return count + alike.size();
    }

    @Override
    public void close() {
        arena.close();
    }

    private int[] known() {
        int records = Math.toIntExact(people.byteSize() / Pseudonym.LENGTH);
        var all = new int[records];
        int count = 0;
        for (int ordinal = 0; ordinal < records; ordinal++) {
            long at = offset(ordinal);
            if ((people.get(LONG, at) | people.get(LONG, at + Long.BYTES)) != 0) {
                all[count++] = ordinal;
            }
        }
        return java.util.Arrays.copyOf(all, count);
    }

    private int[] pass(int[] from, int shift) {
        var starts = new int[DIGITS + 1];
        for (int ordinal : from) {
            starts[digit(ordinal, shift) + 1]++;
        }
        for (int digit = 0; digit < DIGITS; digit++) {
            starts[digit + 1] += starts[digit];
        }
        var to = new int[from.length];
        for (int ordinal : from) {
            to[starts[digit(ordinal, shift)]++] = ordinal;
        }
        return to;
    }

    private int digit(int ordinal, int shift) {
        return key(ordinal) >>> shift & DIGITS - 1;
    }

    private int key(int ordinal) {
        return people.get(INT, offset(ordinal));
    }

    private boolean same(int one, int other) {
        return people.get(LONG, offset(one)) == people.get(LONG, offset(other))
                && people.get(LONG, offset(one) + Long.BYTES) == people.get(LONG, offset(other) + Long.BYTES);
    }

    private static long offset(int ordinal) {
        return (long) ordinal * Pseudonym.LENGTH;
    }
}
