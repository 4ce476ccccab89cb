package io.expunge.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Resident memory of this process, as Linux counts it. */
final class Memory {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path CLEAR = Path.of("/proc/self/clear_refs");
    /** Begins a new peak: proc(5). */
    private static final String PEAK = "5";

    private static final long KIB = 1024;

    private Memory() {}

    /** Forgets the highest value so far. */
    static void resetPeak() {
        try {
            Files.writeString(CLEAR, PEAK);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The highest value since then, in bytes. */
    static long peak() {
        try (var lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> KIB * Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(STATUS + " tells no peak"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
