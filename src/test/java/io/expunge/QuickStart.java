package io.expunge;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.util.FileSystemUtils;

/**
 * The packaged service laid out for quick starts: extracted, with a cache of the classes that a first process loaded and
 * linked, which halves the work of a start. Made once for a jar, by whichever test process asks first.
 */
final class QuickStart {

    /** Little memory and no second compiler: there are many processes, and each is killed early. */
    private static final List<String> JVM = List.of("-Xmx400m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    private static final Path FOLDER = Path.of("target/served").toAbsolutePath();

    private QuickStart() {}

    /** Arguments of a JVM up to those of the service. */
    static synchronized List<String> command(Path jar) throws IOException, InterruptedException {
        Files.createDirectories(FOLDER);
        var made = FOLDER.resolve(
                Files.size(jar) + "-" + Files.getLastModifiedTime(jar).toMillis());
        try (var channel =
                        FileChannel.open(FOLDER.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var lock = channel.lock()) {
            if (lock.isValid() && !Files.exists(made)) {
                make(jar, made);
            }
        }
        return arguments(made, "-XX:AOTCache=" + made.resolve("classes.aot"));
    }

    private static void make(Path jar, Path made) throws IOException, InterruptedException {
        try (var earlier = Files.list(FOLDER)) {
            for (var folder : earlier.filter(Files::isDirectory).toList()) {
                FileSystemUtils.deleteRecursively(folder);
            }
        }
        var making = FOLDER.resolve("making");
        ended(new ProcessBuilder(
                        ServedJar.JAVA,
                        "-Djarmode=tools",
                        "-jar",
                        jar.toString(),
                        "extract",
                        "--destination",
                        making.toString())
                .redirectErrorStream(true)
                .redirectOutput(FOLDER.resolve("extract.log").toFile())
                .start());
        // an archive remembers where its classes came from, so they are at their place before it is made
        Files.move(making, made, StandardCopyOption.ATOMIC_MOVE);
        var home = FOLDER.resolve("home");
        var first = ServedJar.launch(
                arguments(made, "-XX:AOTCacheOutput=" + made.resolve("classes.aot")),
                "all",
                home,
                ServedCluster.freePort(),
                List.of(),
                Map.of());
        first.awaitReady();
        first.stop();
        FileSystemUtils.deleteRecursively(home);
    }

    private static void ended(Process process) throws InterruptedException {
        if (process.waitFor() != 0) {
            throw new IllegalStateException("the jar could not be extracted; see " + FOLDER.resolve("extract.log"));
        }
    }

    private static List<String> arguments(Path made, String cache) {
        var arguments = new ArrayList<>(JVM);
        arguments.add(cache);
        arguments.add("-jar");
        arguments.add(made.resolve("expunge.jar").toString());
        return arguments;
    }
}
