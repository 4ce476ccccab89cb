package io.expunge;

import io.expunge.audit.VerificationKey;
import io.expunge.evidence.CertificateVerifier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Verifies a certificate offline: no database, no network, no service. */
@Command(
        name = "verify",
        description =
                "Verifies a certificate offline: that it is genuine and unchanged, whatever its verdict. Exit code 0: it"
                        + " holds; 1: it does not; 2: it cannot be read.",
        mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {

    private static final long MOST_BYTES = 50_000_000;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(paramLabel = "CERTIFICATE", description = "the certificate's JSON file")
    @SuppressWarnings("NullAway.Init")
    private Path certificate;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "directory of the version's files, to be held against it")
    private @Nullable Path model;

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "public keys to trust, one a line as GET /v1/signing-keys gives them; without it the"
                    + " certificate is held against the keys that it names itself")
    private @Nullable Path key;

    @Override
    public Integer call() {
        var checks = CertificateVerifier.verify(
                read("CERTIFICATE", certificate),
                trusted(),
                directory(),
                Clock.systemUTC().instant());
        var out = spec.commandLine().getOut();
        checks.forEach(check -> out.println(mark(check.state()) + check.sentence()));
        boolean holds = checks.stream().allMatch(CertificateVerifier.Check::passed);
        out.println(holds ? "The certificate holds." : "The certificate does NOT hold.");
        out.flush();
        return holds ? 0 : 1;
    }

    private static String mark(CertificateVerifier.State state) {
        return switch (state) {
            case HOLDS -> "ok    ";
            case NOTE -> "note  ";
            case FAILS -> "WRONG ";
        };
    }

    private List<VerificationKey> trusted() {
        if (key == null) {
            return List.of();
        }
        var keys = read("--key", key)
                .lines()
                .filter(line -> !line.isBlank())
                .map(VerificationKey::parse)
                .toList();
        if (keys.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--key " + key + " holds no key");
        }
        return keys;
    }

    private @Nullable Path directory() {
        if (model != null && !Files.isDirectory(model)) {
            throw new ParameterException(spec.commandLine(), "--model " + model + " is no directory");
        }
        return model;
    }

    private String read(String what, Path file) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new ParameterException(spec.commandLine(), what + " " + file + " is too large");
            }
            // whatever it is, whoever parses it says so
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new ParameterException(spec.commandLine(), what + " " + file + " cannot be read", e);
        }
    }
}
