package io.expunge.erasure;

import io.expunge.catalog.SubjectIndex;
import java.time.Instant;

/**
 * That there is no record of whom a request names.
 *
 * @param people how many it names
 * @param resolvedAt when that was found first
 * @param extent where was looked now
 */
public record NotKnown(Claim claim, int people, Instant resolvedAt, SubjectIndex.Extent extent) {}
