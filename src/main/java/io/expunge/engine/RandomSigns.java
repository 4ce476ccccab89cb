package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;

/**
 * A random matrix of 1 and −1 that is never whole in memory: any rows of it can be made from its seed (Achlioptas 2003).
 *
 * @param columns how many there are
 */
record RandomSigns(long seed, int columns) {

    private static final float[] OF_BYTES = ofBytes();

    /** One entry. */
    int sign(long row, int column) {
        return (word(row, column / Long.SIZE) >>> (column % Long.SIZE) & 1) == 0 ? 1 : -1;
    }

    private long word(long row, int place) {
        return Seeds.derive(Seeds.derive(seed, row), place);
    }

    /** {@code count} rows from {@code first} on, count × columns. */
    NDArray rows(long first, long count, NDManager scratch) {
        int bytes = Math.ceilDiv(columns, Byte.SIZE);
        var places = new long[Math.toIntExact(count * bytes)];
        int at = 0;
        for (long row = first; row < first + count; row++) {
            for (int place = 0; place < bytes; place += Long.BYTES) {
                long word = word(row, place / Long.BYTES);
                for (int i = place; i < Math.min(place + Long.BYTES, bytes); i++) {
                    places[at++] = word & 0xff;
                    word >>>= Byte.SIZE;
                }
            }
        }
        // eight signs are looked up at once, which is some ten times as fast as to write them one by one
        var table = scratch.create(OF_BYTES, new Shape(1 << Byte.SIZE, Byte.SIZE));
        var signs = Kernels.shared()
                .call("embedding", scratch, new NDList(table, scratch.create(places)))
                .reshape(count, (long) bytes * Byte.SIZE);
        return columns % Byte.SIZE == 0 ? signs : signs.get(new NDIndex(":, :{}", columns));
    }

    private static float[] ofBytes() {
        var signs = new float[(1 << Byte.SIZE) * Byte.SIZE];
        for (int i = 0; i < signs.length; i++) {
            signs[i] = 1 - 2 * ((i / Byte.SIZE) >>> (i % Byte.SIZE) & 1);
        }
        return signs;
    }
}
