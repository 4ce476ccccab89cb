package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;

/** Keys and values of every token that sequences hold so far, by block, fp32, shape (n · capacity, entries). */
final class KeyValueCache {

    private final Decoder decoder;
    private final int capacity;
    private final List<NDArray> keys = new ArrayList<>();
    private final List<NDArray> values = new ArrayList<>();

    /** @param capacity the most tokens that any of {@code sequences} will hold */
    KeyValueCache(NDManager manager, Decoder decoder, int sequences, int capacity) {
        this.decoder = decoder;
        this.capacity = capacity;
        var shape = new Shape((long) sequences * capacity, (long) decoder.keyValueHeads() * decoder.headSize());
        for (int layer = 0; layer < decoder.layers(); layer++) {
            keys.add(manager.zeros(shape));
            values.add(manager.zeros(shape));
        }
    }

    /** Attention over whole prompts, which are kept. */
    DecoderPass.Attention prompts(NDManager scratch, TokenBatch batch, DecoderPass.Attention packed) {
        var slots = new long[batch.positions().length];
        int sequence = 0;
        for (int row = 0; row < slots.length; row++) {
            slots[row] = (long) sequence * capacity + batch.positions()[row];
            if (row == batch.ends()[sequence]) {
                sequence++;
            }
        }
        var at = scratch.create(slots);
        return (space, layer, mixed) -> {
            remember(space, layer, mixed, at);
            return packed.attend(space, layer, mixed);
        };
    }

    /** Attention of one further token in each sequence, at {@code positions}, to itself and all that are kept. */
    DecoderPass.Attention next(NDManager scratch, long[] positions) {
        int span = 0;
        var slots = new long[positions.length];
        for (int sequence = 0; sequence < slots.length; sequence++) {
            slots[sequence] = (long) sequence * capacity + positions[sequence];
            span = Math.max(span, (int) positions[sequence] + 1);
        }
        var seen = new boolean[slots.length * span];
        for (int sequence = 0; sequence < slots.length; sequence++) {
            java.util.Arrays.fill(seen, sequence * span, sequence * span + (int) positions[sequence] + 1, true);
        }
        var at = scratch.create(slots);
        var mask = scratch.create(seen, new Shape(slots.length, span));
        var heads = scratch.create(decoder.heads());
        var pairs = scratch.create(decoder.keyValueHeads());
        return (space, layer, mixed) -> {
            remember(space, layer, mixed, at);
            var arguments = new NDList(mixed, keys.get(layer), values.get(layer), mask, heads, pairs);
            return Kernels.shared().call("attend_cached", space, arguments);
        };
    }

    private void remember(NDManager space, int layer, NDArray mixed, NDArray slots) {
        Kernels.shared().call("remember", space, new NDList(mixed, keys.get(layer), values.get(layer), slots));
    }
}
