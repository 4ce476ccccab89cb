package io.expunge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server process that a cluster's {@code postmaster.pid} names. */
final class Postmaster {

    private static final Logger log = LoggerFactory.getLogger(Postmaster.class);
    private static final String PID_FILE = "postmaster.pid";

    private Postmaster() {}

    /** The living server of {@code cluster}; empty when there is none or when the id has gone to another program. */
    static Optional<ProcessHandle> of(Path cluster) {
        try (var lines = Files.lines(cluster.resolve(PID_FILE))) {
            return lines.findFirst()
                    .map(String::strip)
                    .filter(line -> line.matches("[0-9]{1,10}"))
                    .flatMap(line -> ProcessHandle.of(Long.parseLong(line)))
                    .filter(ProcessHandle::isAlive)
                    .filter(process -> serves(process, cluster));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static boolean serves(ProcessHandle process, Path cluster) {
        try { // a server's working directory is its cluster
            return Path.of("/proc", Long.toString(process.pid()), "cwd")
                    .toRealPath()
                    .equals(cluster.toRealPath());
        } catch (IOException e) {
            return process.info().command().orElse("").endsWith("/postgres");
        }
    }

    /** Stops a server that an earlier, killed process has left, and removes a process file that nobody owns. */
    static void stopLeftover(Path cluster) throws IOException {
        var leftover = of(cluster);
        if (leftover.isPresent()) {
            var process = leftover.get();
            log.warn("Stopping the PostgreSQL (process {}) that an earlier run has left behind", process.pid());
            if (!ended(process, "INT", 20) && !ended(process, "QUIT", 20)) {
                throw new IllegalStateException(
                        "the PostgreSQL process " + process.pid() + " of " + cluster + " does not stop");
            }
        }
        Files.deleteIfExists(cluster.resolve(PID_FILE));
    }

    private static boolean ended(ProcessHandle process, String signal, int seconds) throws IOException {
        new ProcessBuilder("/bin/sh", "-c", "kill -" + signal + " " + process.pid()).start();
        try {
            process.onExit().get(seconds, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
