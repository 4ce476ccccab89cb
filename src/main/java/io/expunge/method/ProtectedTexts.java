package io.expunge.method;

import java.util.UUID;

/**
 * Texts or images whose curvature an edit leaves in place.
 *
 * @param datasetId texts or images, unlabelled
 * @param keptShare of their own curvature mass, in (0, 1]
 */
public record ProtectedTexts(UUID datasetId, double keptShare) {

    public ProtectedTexts {
        Require.given("protect.datasetId", datasetId);
        Require.share("protect.keptShare", keptShare);
    }
}
