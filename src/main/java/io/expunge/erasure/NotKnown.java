package io.expunge.erasure;

import io.expunge.catalog.SubjectIndex;
import java.time.Instant;

/**
 * That no model knows whom a request names.
 *
 * @param people how many it names
 * @param records that data sets hold of them; no published version learned from these
 * @param resolvedAt when that was found first
 * @param extent where was looked now
 */
public record NotKnown(Claim claim, int people, long records, Instant resolvedAt, SubjectIndex.Extent extent) {}
