package io.expunge.run;

import io.expunge.engine.ProcessResources;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a process used when it was seen last.
 *
 * @param peakMemoryBytes the most that was seen during a run; null of a process
 */
record Resources(ProcessResources used, @Nullable Long peakMemoryBytes, Instant seenAt) {}
