package io.expunge.method;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.expunge.engine.Architecture;
import io.expunge.engine.Decoder;
import io.expunge.engine.LanguageArchitecture;
import io.expunge.engine.NetworkArchitecture;
import io.expunge.engine.VisionTransformer;
import java.util.List;

/**
 * Replaces matrices by the nearest ones of a lower rank: Eckart and Young 1936. What the curvature edit is compared with in
 * Merullo et al. 2025, <a href="https://arxiv.org/abs/2510.24256">paper</a>.
 *
 * @param layers which are edited, each with the share of its singular values that stays
 */
@JsonTypeName("truncated-svd")
@Paper(title = "Truncated singular values", value = "https://arxiv.org/abs/2510.24256")
public record SingularValueTruncation(List<LayerShare> layers) implements LanguageMethod, NetworkMethod {

    public SingularValueTruncation {
        Require.given("layers", layers);
        layers = List.copyOf(layers);
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("layers must name at least one");
        }
    }

    @Override
    public boolean edits(Architecture architecture) {
        return architecture instanceof LanguageArchitecture || architecture instanceof VisionTransformer;
    }

    @Override
    public void requireFit(Decoder decoder) {
        decoder.requireLinearLayers(layers.stream().map(LayerShare::layer).toList());
    }

    @Override
    public void requireFit(NetworkArchitecture architecture) {
        architecture.requireCurvatureLayers(
                layers.stream().map(LayerShare::layer).toList());
    }

    @Override
    public boolean dememorises() {
        return true;
    }

    @Override
    public void apply(LanguageTask task) {
        requireFit(task.model().decoder());
        layers.forEach(one -> task.model().truncate(one.layer(), one.keptShare()));
    }

    @Override
    public void apply(Task task) {
        requireFit(task.network().architecture());
        layers.forEach(one -> task.network().truncate(one.layer(), one.keptShare()));
    }
}
