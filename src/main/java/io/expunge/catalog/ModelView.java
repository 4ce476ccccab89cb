package io.expunge.catalog;

import io.expunge.engine.Architecture;
import io.expunge.shared.Problem;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A model as other modules see it.
 *
 * @param policy name of the policy that its erasures follow
 * @param champion the version that consumers should serve; null before the first is published
 */
public record ModelView(
        UUID id,
        UUID controller,
        String name,
        Architecture architecture,
        String policy,
        @Nullable UUID champion,
        boolean destroyed) {

    /** Passes while the model was not destroyed. */
    public void requireAlive() {
        if (destroyed) {
            throw new Problem(Problem.Kind.GONE, "model-destroyed", "model " + id + " was destroyed");
        }
    }
}
