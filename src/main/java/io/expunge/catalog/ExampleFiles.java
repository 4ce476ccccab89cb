package io.expunge.catalog;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The files of a complete data set. */
record ExampleFiles(Path directory, Content content) {

    /** Values of a table, row by row; a category is its code. */
    float[] features() {
        var all = new float[content.records() * content.columns().size()];
        map(PartReader.FEATURES).asFloatBuffer().get(all);
        return all;
    }

    byte[] pixels() {
        var buffer = map(PartReader.PIXELS);
        var all = new byte[buffer.remaining()];
        buffer.get(all);
        return all;
    }

    int[] labels() {
        var all = new int[content.records()];
        map(PartReader.LABELS).asIntBuffer().get(all);
        return all;
    }

    /** First 8 bytes of each record's pseudonym; 0 where no person is known. */
    long[] subjects() {
        var all = new long[content.records()];
        if (Files.exists(directory.resolve(PartReader.SUBJECTS))) {
            var buffer = map(PartReader.SUBJECTS).asLongBuffer();
            for (int i = 0; i < all.length; i++) {
                all[i] = buffer.get(2 * i);
            }
        }
        return all;
    }

    /** Days since 1970; {@link RecordDates#NONE} for a record without a date; empty if no record has one. */
    int[] dates() {
        if (!Files.exists(directory.resolve(PartReader.DATES))) {
            return new int[0];
        }
        var all = new int[content.records()];
        map(PartReader.DATES).asIntBuffer().get(all);
        return all;
    }

    private ByteBuffer map(String name) {
        try (var channel = FileChannel.open(directory.resolve(name), StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
        } catch (IOException e) {
            throw Artifacts.explain(e);
        }
    }
}
