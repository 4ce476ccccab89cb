package io.expunge;

import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** What the jar can be told to do. */
@Command(
        name = "expunge",
        description = "Machine unlearning as a service. Without a command it serves.",
        mixinStandardHelpOptions = true,
        versionProvider = Commands.Version.class,
        subcommands = {ServeCommand.class, DemoCommand.class, LabCommand.class, VerifyCommand.class})
final class Commands {

    /** Refused arguments: one line that says why, exit code 2. */
    static final int BAD_ARGUMENTS = 2;

    private Commands() {}

    /** Runs the command that {@code arguments} name; returns its exit code once it has ended or, serving, has begun. */
    static int execute(String... arguments) {
        if (arguments.length > 0 && arguments[0].equals("verify")) {
            // it has less than a second, of which the others' options would take half
            return execute(new CommandLine(new VerifyCommand()), Arrays.copyOfRange(arguments, 1, arguments.length));
        }
        return execute(new CommandLine(new Commands()), serving(arguments) ? prepend("serve", arguments) : arguments);
    }

    private static int execute(CommandLine line, String... arguments) {
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler((e, ignored) -> refuse(e.getCommandLine(), e.getMessage()));
        line.setExecutionExceptionHandler((e, command, ignored) -> {
            if (e instanceof IllegalArgumentException) {
                return refuse(command, e.getMessage());
            }
            var cause = NestedExceptionUtils.getMostSpecificCause(e);
            command.getErr().println("expunge: " + (cause.getMessage() == null ? cause : cause.getMessage()));
            return 1;
        });
        return line.execute(arguments);
    }

    private static boolean serving(String... arguments) {
        return arguments.length == 0
                || (arguments[0].startsWith("--")
                        && Stream.of("--help", "--version").noneMatch(arguments[0]::equals));
    }

    private static String[] prepend(String first, String... rest) {
        return Stream.concat(Stream.of(first), Stream.of(rest)).toArray(String[]::new);
    }

    private static int refuse(CommandLine command, @Nullable String reason) {
        var line = Objects.requireNonNullElse(reason, "bad arguments").lines().findFirst();
        command.getErr().println("expunge: " + line.orElse("bad arguments"));
        return BAD_ARGUMENTS;
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() throws IOException {
            var build = new Properties();
            try (var in = Commands.class.getResourceAsStream("/META-INF/build-info.properties")) {
                if (in != null) {
                    build.load(in);
                }
            }
            return new String[] {"expunge " + build.getProperty("build.version", "(not packaged)")};
        }
    }
}
