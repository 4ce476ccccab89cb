package io.expunge;

import io.expunge.demo.Demo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.springframework.boot.SpringApplication;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** Serves, and runs the main job from end to end on made-up data. */
@Command(
        name = "demo",
        description =
                "Serves, and forgets made-up customers from end to end: a classifier three, a language model one. Settings: --name=value.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Unmatched
    private final List<String> settings = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        var context = SpringApplication.run(ExpungeApplication.class, quiet(ServeCommand.settings(spec, settings)));
        var environment = context.getEnvironment();
        var port = environment.getRequiredProperty("local.server.port");
        var key = Files.readString(Path.of(environment.getRequiredProperty("expunge.access.admin-key-file")));
        var directory = Path.of(environment.getRequiredProperty("expunge.data-directory"));
        new Demo("http://localhost:" + port, directory, key.strip(), context.getBean(Clock.class), System.out).run();
        return 0;
    }

    /** A person watches the demo, not the log. */
    private static String[] quiet(String... settings) {
        return Stream.concat(Stream.of("--logging.level.root=warn"), Stream.of(settings))
                .toArray(String[]::new);
    }
}
