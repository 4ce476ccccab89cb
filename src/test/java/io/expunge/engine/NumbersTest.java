package io.expunge.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class NumbersTest {

    @Test
    void aFactorIsThereForTheGradientWhateverTheGarbageCollectorDoes() {
        for (int i = 0; i < 20; i++) {
            assertThat(gradient(x -> Numbers.times(x, 3))).isEqualTo(3);
            assertThat(gradient(x -> Numbers.over(x, 4))).isEqualTo(0.25f);
        }
    }

    @Test
    void theTypeStays() {
        try (var manager = Torch.manager()) {
            assertThat(Numbers.times(manager.create(2f), 1.5).getFloat()).isEqualTo(3);
            var scalar = Numbers.over(manager.create(2.0), 3);
            assertThat(scalar.getDataType()).isEqualTo(DataType.FLOAT64);
            assertThat(scalar.getDouble()).isEqualTo(2 / 3.0);
        }
    }

    /** Of f at 1, computed when the memory of everything that nobody holds has been used for something else. */
    private static float gradient(UnaryOperator<NDArray> f) {
        try (var manager = Torch.manager();
                var collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            var x = manager.create(1f);
            x.setRequiresGradient(true);
            var value = f.apply(x);
            System.gc();
            var others = new ArrayList<ByteBuffer>();
            for (int i = 0; i < 2_000; i++) {
                others.add(ByteBuffer.allocateDirect(Float.BYTES).putInt(0, 0x7fc00000));
            }
            collector.backward(value);
            assertThat(others).hasSize(2_000);
            return x.getGradient().getFloat();
        }
    }
}
