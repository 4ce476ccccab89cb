package io.expunge;

import java.util.List;
import java.util.concurrent.Callable;
import org.springframework.boot.SpringApplication;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** Serves until it is told to stop. */
@Command(
        name = "serve",
        description = "Serves the API and works on runs, as far as expunge.role says. Settings: --name=value.",
        mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Unmatched
    private final List<String> settings = new java.util.ArrayList<>();

    @Override
    public Integer call() {
        SpringApplication.run(ExpungeApplication.class, settings(spec, settings));
        return 0;
    }

    /** The arguments as Spring takes them; refuses whatever is not of the form {@code --name=value}. */
    static String[] settings(CommandSpec spec, List<String> arguments) {
        for (var argument : arguments) {
            if (!argument.matches("--[a-zA-Z][\\w.\\-\\[\\]]*=.*")) {
                throw new ParameterException(
                        spec.commandLine(), "unknown argument '" + argument + "'; a setting is written --name=value");
            }
        }
        return arguments.toArray(String[]::new);
    }
}
