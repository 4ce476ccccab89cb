package io.expunge.intake;

import io.expunge.api.NewErasureRequest;
import java.util.List;
import java.util.UUID;

/**
 * What a controller asks for.
 *
 * @param id the controller's own, which makes a repetition the same request
 * @param callbacks where each change is told
 */
record OpenDsrRequest(UUID id, NewErasureRequest erasure, List<String> callbacks) {}
