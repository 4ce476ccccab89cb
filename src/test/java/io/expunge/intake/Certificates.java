package io.expunge.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.KeyStore;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/** Certificates as an authority issues them, made by the JDK's keytool. */
public final class Certificates {

    private static final String PASSWORD = "changeit";

    private final Path directory;

    private Certificates(Path directory) {
        this.directory = directory;
    }

    /**
     * {@code own.pem}, with the authority's behind it, and {@code own.key} for a domain, and {@code self.pem}, which nobody
     * signed. Made once a day, since keytool is started for every step, and copied from there.
     */
    public static Certificates make(Path directory, String domain, String algorithm) throws Exception {
        var all = Files.createDirectories(Path.of("target/certificates"));
        var kept = all.resolve(domain + "-" + algorithm + "-" + LocalDate.now(ZoneOffset.UTC));
        try (var channel = FileChannel.open(all.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var lock = channel.lock()) {
            if (lock.isValid() && !Files.exists(kept)) {
                var making = Files.createTempDirectory(all, "making");
                new Certificates(making).make(domain, algorithm);
                Files.move(making, kept, StandardCopyOption.ATOMIC_MOVE);
            }
        }
        FileSystemUtils.copyRecursively(kept, directory);
        return new Certificates(directory);
    }

    private void make(String domain, String algorithm) throws Exception {
        keytool("-genkeypair", "-alias", "ca", "-keyalg", "EC", "-dname", "CN=Some Authority", "-ext", "bc:c");
        keytool("-genkeypair", "-alias", "own", "-keyalg", algorithm, "-dname", "CN=" + domain);
        keytool("-certreq", "-alias", "own", "-file", path("own.csr"));
        keytool(
                "-gencert",
                "-alias",
                "ca",
                "-infile",
                path("own.csr"),
                "-outfile",
                path("leaf.pem"),
                "-rfc",
                "-ext",
                "san=dns:" + domain);
        keytool("-exportcert", "-alias", "ca", "-rfc", "-file", path("ca.pem"));
        keytool("-exportcert", "-alias", "own", "-rfc", "-file", path("self.pem"));
        Files.writeString(
                directory.resolve("own.pem"),
                Files.readString(directory.resolve("leaf.pem")) + Files.readString(directory.resolve("ca.pem")));
        exportKey("own");
        exportKey("ca");
    }

    private void exportKey(String alias) throws Exception {
        var store = KeyStore.getInstance(new File(path("store")), PASSWORD.toCharArray());
        var key = store.getKey(alias, PASSWORD.toCharArray()).getEncoded();
        Files.writeString(
                directory.resolve(alias + ".key"),
                "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(key)
                        + "\n-----END PRIVATE KEY-----\n");
    }

    public String path(String name) {
        return directory.resolve(name).toString();
    }

    private void keytool(String... arguments) throws Exception {
        run(Stream.of(
                        List.of(Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString()),
                        List.of(arguments),
                        List.of("-keystore", path("store"), "-storetype", "PKCS12", "-storepass", PASSWORD))
                .flatMap(List::stream)
                .toList());
    }

    /** What a program printed, which must have succeeded. */
    static String run(List<String> command) throws Exception {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }
}
