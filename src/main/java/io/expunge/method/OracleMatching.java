package io.expunge.method;

import com.fasterxml.jackson.annotation.JsonTypeName;

/**
 * Tunes the network to the mean logits of networks that were really retrained: what datamodel matching would reach with
 * perfect predictions, at more than the cost of retraining. A yardstick, not a way to serve a request.
 *
 * <p>min mean over F and a part of R of ‖z_θ(x) − mean_k z_{θ_k}(x)‖², from θ₀, with θ_k trained on R. Georgiev et al. 2024,
 * <a href="https://arxiv.org/abs/2410.23232">Attribute-to-Delete</a>.
 */
@JsonTypeName("oracle-matching")
@Paper(title = "Oracle matching", value = "https://arxiv.org/abs/2410.23232")
public record OracleMatching(Matching matching) implements NetworkMethod {

    public OracleMatching {
        Require.given("matching", matching);
    }

    @Override
    public void apply(Task task) {
        matching.descend(
                task,
                task.retrained()
                        .orElseThrow(() -> new IllegalArgumentException(
                                "oracle matching needs networks retrained without the forget set, and there are none")),
                "oracle matching");
    }
}
