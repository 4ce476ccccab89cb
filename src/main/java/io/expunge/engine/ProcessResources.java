package io.expunge.engine;

import ai.djl.Device;
import ai.djl.util.cuda.CudaUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What this process computes on and how much memory is in use: read from the system's files and from CUDA, neither of which
 * waits for numeric work.
 *
 * @param device its name; the processor's until the engine was started
 * @param memoryBytes resident memory of the process; null where the system does not tell
 * @param deviceMemoryBytes in use on the GPU, by whomever; null without one
 * @param deviceMemoryTotal of the GPU
 */
public record ProcessResources(
        String device,
        @Nullable Long memoryBytes,
        @Nullable Long deviceMemoryBytes,
        @Nullable Long deviceMemoryTotal) {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
    private static final Path GPUS = Path.of("/proc/driver/nvidia/gpus");
    private static final String PROCESSOR = value(PROCESSORS, "model name", "cpu");

    private static volatile Device chosen = Device.cpu();

    /** Told once by the engine, which is started by the first numeric work: asking here would start it. */
    static void computesOn(Device device) {
        chosen = device;
    }

    public static ProcessResources now() {
        var on = chosen;
        if (!on.isGpu()) {
            return new ProcessResources(PROCESSOR, resident(), null, null);
        }
        Long used = null;
        Long total = null;
        try {
            var memory = CudaUtils.getGpuMemory(on);
            used = memory.getCommitted();
            total = memory.getMax();
        } catch (RuntimeException | LinkageError e) {
            // the name is worth something alone
        }
        return new ProcessResources(gpu(on), resident(), used, total);
    }

    private static @Nullable Long resident() {
        var size = value(STATUS, "VmRSS", "");
        return size.isEmpty()
                ? null
                : Long.valueOf(1024 * Long.parseLong(size.replace("kB", "").strip()));
    }

    /** The driver's name where all GPUs of the machine are of one kind; otherwise a number tells no kind. */
    private static String gpu(Device on) {
        try (Stream<Path> all = Files.list(GPUS)) {
            var names = all.map(one -> value(one.resolve("information"), "Model", ""))
                    .distinct()
                    .toList();
            return names.size() == 1 && !names.getFirst().isEmpty() ? names.getFirst() : on.toString();
        } catch (IOException e) {
            return on.toString();
        }
    }

    private static String value(Path file, String key, String none) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(key))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(none);
        } catch (IOException | java.io.UncheckedIOException e) {
            return none;
        }
    }
}
