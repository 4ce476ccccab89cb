package io.expunge.engine;

import static io.expunge.engine.Require.atLeast;
import static io.expunge.engine.Require.atMost;

import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.List;

/**
 * A multi-layer perceptron with ReLU between its layers {@code fc1, fc2, …}.
 *
 * @param inputs features of one example
 * @param hidden widths of the hidden layers, at least one
 */
@JsonTypeName("mlp")
public record Mlp(int inputs, List<Integer> hidden, int classes) implements NetworkArchitecture {

    public Mlp {
        atLeast("inputs", inputs, 1);
        atMost("inputs", inputs, 1_000_000);
        if (hidden == null || hidden.isEmpty() || hidden.size() > 32) {
            throw new IllegalArgumentException("hidden must hold between 1 and 32 widths");
        }
        for (var width : hidden) {
            if (width == null || width < 1 || width > 65_536) {
                throw new IllegalArgumentException("hidden must hold widths between 1 and 65536 but holds " + width);
            }
        }
        hidden = List.copyOf(hidden);
        atLeast("classes", classes, 2);
        atMost("classes", classes, 65_536);
    }

    @Override
    public long[] inputShape() {
        return new long[] {inputs};
    }
}
