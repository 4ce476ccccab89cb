package io.expunge.intake;

import io.expunge.api.NewErasureRequest;
import java.util.Map;

/**
 * What Ketch forwards.
 *
 * @param erasure names nobody if none of the identities is one by which people are known here
 * @param callbacks where each change is told, and the headers that are wanted there; these are secret
 */
record KetchRequest(KetchMetadata metadata, NewErasureRequest erasure, Map<String, Map<String, String>> callbacks) {

    boolean namesNobody() {
        return erasure.getSubjects().isEmpty();
    }

    /** Tells nothing of anybody. */
    @Override
    public String toString() {
        return "KetchRequest[" + metadata + "]";
    }
}
