package io.expunge.catalog;

import java.util.UUID;

/** A version that was trained elsewhere is served from now on; published in the transaction that made it so. */
public record VersionImported(UUID versionId, UUID modelId, UUID controllerId) {}
