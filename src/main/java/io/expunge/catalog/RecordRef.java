package io.expunge.catalog;

import java.util.UUID;

/**
 * The place of one training example.
 *
 * @param ordinal row or image of the data set, counted from 0
 */
public record RecordRef(UUID datasetId, int ordinal) {}
