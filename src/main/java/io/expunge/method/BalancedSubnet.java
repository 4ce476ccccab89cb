package io.expunge.method;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.expunge.engine.Decoder;
import io.expunge.engine.SubnetDescent;
import java.util.List;

/**
 * Learns which weights of some layers to set to 0 so that memorised texts are lost and others kept: BalancedSubnet, Sakarvadia
 * et al. 2025, §4, <a href="https://arxiv.org/abs/2410.02159">Mitigating Memorization in Language Models</a>.
 *
 * <pre>min_s −w CE(D_f; W ⊙ m(s)) + (1 − w) CE(D_r; W ⊙ m(s)),  m = 0 for the share of lowest |s| of each matrix, else 1</pre>
 *
 * Gradients pass m straight through; scores begin as Kaiming-uniform draws. The weights themselves stay as they are.
 *
 * @param layers names of linear layers, without {@code .weight}
 * @param droppedShare of the weights of each matrix, in (0, 1)
 * @param forgetWeight w in (0, 1)
 * @param schedule an epoch is a pass over the forget set
 */
@JsonTypeName("balanced-subnet")
@Paper(title = "BalancedSubnet", value = "https://arxiv.org/abs/2410.02159")
public record BalancedSubnet(List<String> layers, double droppedShare, double forgetWeight, Schedule schedule)
        implements LanguageMethod {

    public BalancedSubnet {
        Require.given("layers", layers);
        Require.between("droppedShare", droppedShare, 1e-9, 0.999);
        Require.between("forgetWeight", forgetWeight, 1e-6, 0.999999);
        Require.given("schedule", schedule);
        layers = List.copyOf(layers);
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("layers must name at least one");
        }
    }

    @Override
    public void requireFit(Decoder decoder) {
        decoder.requireLinearLayers(layers);
    }

    @Override
    public boolean dememorises() {
        return true;
    }

    @Override
    public void apply(LanguageTask task) {
        requireFit(task.model().decoder());
        task.session()
                .descend(
                        task.model(),
                        new SubnetDescent(
                                layers,
                                task.forget(),
                                task.retain(),
                                droppedShare,
                                forgetWeight,
                                schedule.recipe(false),
                                schedule.seed()));
    }
}
