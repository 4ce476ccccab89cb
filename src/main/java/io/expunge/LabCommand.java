package io.expunge;

import io.expunge.lab.AttributionExperiment;
import io.expunge.lab.BenchmarkExperiment;
import io.expunge.lab.CurvatureExperiment;
import io.expunge.lab.CurvatureVisionExperiment;
import io.expunge.lab.DivergenceExperiment;
import io.expunge.lab.Experiment;
import io.expunge.lab.LabOptions;
import io.expunge.lab.MatchingExperiment;
import io.expunge.lab.MemoryExperiment;
import io.expunge.lab.RemovalExperiment;
import io.expunge.lab.Report;
import io.expunge.lab.SparsityExperiment;
import io.expunge.lab.StepExperiment;
import io.expunge.lab.SyntheticExperiment;
import io.expunge.lab.TextMatchingExperiment;
import io.expunge.lab.TextVerdictExperiment;
import io.expunge.lab.VerdictExperiment;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures something on given data: no database, no server. */
@Command(
        name = "lab",
        description = "Reproduces a published table or measures the service's own instruments, on given data.",
        mixinStandardHelpOptions = true)
final class LabCommand implements Callable<Integer> {

    private static final List<Experiment> EXPERIMENTS = Stream.concat(
                    SparsityExperiment.all().stream(),
                    Stream.of(
                            VerdictExperiment.measured(),
                            VerdictExperiment.calibration(),
                            TextVerdictExperiment.measured(),
                            TextVerdictExperiment.calibration(),
                            SyntheticExperiment.published(),
                            new StepExperiment(),
                            new MemoryExperiment(),
                            BenchmarkExperiment.tofu(),
                            BenchmarkExperiment.lume(),
                            AttributionExperiment.measured(),
                            RemovalExperiment.measured(),
                            new CurvatureExperiment(),
                            new CurvatureVisionExperiment(),
                            MatchingExperiment.measured(),
                            TextMatchingExperiment.measured(),
                            DivergenceExperiment.measured(),
                            DivergenceExperiment.calibration()))
            .toList();

    private static final int MOST_SEEDS = 1000;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(
            paramLabel = "NAME",
            description =
                    "which experiment: sparsity (or its halves sparsity-classwise, sparsity-random), verdict, verdict-calibration, verdict-text, verdict-text-calibration, npo-synthetic, npo-step, npo-memory, tofu, lume, lds, removal, dmm, dmm-text, divergence, divergence-calibration, curvature-lm, curvature-vit")
    private String name = "";

    @Option(names = "--data", paramLabel = "DIR", description = "directory of the data sets; else EXPUNGE_DATA")
    private @Nullable Path data;

    @Option(names = "--seeds", paramLabel = "N", description = "independent repetitions (default: ${DEFAULT-VALUE})")
    private int seeds = 5;

    @Option(names = "--json", paramLabel = "FILE", description = "where to write every figure")
    private @Nullable Path json;

    @Option(names = "--plot", paramLabel = "FILE", description = "where to draw a PNG, for an experiment that has one")
    private @Nullable Path plot;

    @Option(
            names = "--dataset",
            paramLabel = "NAME",
            description = "dmm, divergence: optdigits or mnist10k (default: ${DEFAULT-VALUE})")
    private String dataset = LabOptions.DEFAULTS.dataset();

    @Option(
            names = "--split",
            split = ",",
            paramLabel = "SHARE",
            description = "tofu: what to forget, of forget01, forget05 and forget10 (default: the last two)")
    private List<String> splits = List.of();

    @Option(
            names = "--methods",
            split = ",",
            paramLabel = "ROW",
            description = "tofu, lume, dmm: rows of the table (default: all)")
    private List<String> methods = List.of();

    @Option(names = "--authors", paramLabel = "N", description = "tofu: how many take part (default: ${DEFAULT-VALUE})")
    private int authors = LabOptions.DEFAULTS.authors();

    @Option(names = "--layers", paramLabel = "N", description = "tofu: blocks (default: ${DEFAULT-VALUE})")
    private int layers = LabOptions.DEFAULTS.layers();

    @Option(names = "--width", paramLabel = "N", description = "tofu: width of the model (default: ${DEFAULT-VALUE})")
    private int width = LabOptions.DEFAULTS.width();

    @Option(names = "--epochs", paramLabel = "N", description = "tofu: of a training (default: ${DEFAULT-VALUE})")
    private int epochs = LabOptions.DEFAULTS.epochs();

    @Option(
            names = "--first-seed",
            paramLabel = "N",
            description = "curvature-lm, curvature-vit: seed of the first repetition (default: ${DEFAULT-VALUE})")
    private int firstSeed = LabOptions.DEFAULTS.firstSeed();

    @Option(
            names = "--cache",
            paramLabel = "DIR",
            description = "tofu: where trained models and finished rows are kept (default: ${DEFAULT-VALUE})")
    private Path cache = LabOptions.DEFAULTS.cache();

    @Override
    public Integer call() throws Exception {
        var experiment = EXPERIMENTS.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(() -> refusal("there is no experiment '" + name + "'; there are " + names()));
        if (seeds < 1 || seeds > MOST_SEEDS) {
            throw refusal("--seeds must be between 1 and " + MOST_SEEDS + " but was " + seeds);
        }
        if (plot != null && !experiment.draws()) {
            throw refusal("--plot is not for '" + name + "', which draws nothing");
        }
        var directory = experiment.needsData() ? dataSets() : Path.of("");
        var report = new Report(spec.commandLine().getOut(), spec.commandLine().getErr());
        try {
            experiment.run(directory, seeds, options(experiment), report);
        } catch (LabOptions.Refused e) {
            throw refusal(String.valueOf(e.getMessage()));
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof NoSuchFileException missing) {
                throw refusal("--data lacks " + missing.getFile());
            }
            throw e;
        }
        if (json != null) {
            report.write(json, experiment.name(), new Commands.Version().getVersion()[0]);
        }
        if (plot != null) {
            System.setProperty("java.awt.headless", "true");
            report.draw(plot);
        }
        return 0;
    }

    private LabOptions options(Experiment experiment) {
        for (var option : spec.options()) {
            if (isForSome(option.longestName())
                    && !experiment.takes().contains(option.longestName())
                    && spec.commandLine().getParseResult().hasMatchedOption(option)) {
                throw refusal(option.longestName() + " is not for '" + name + "'");
            }
        }
        return new LabOptions(dataset, splits, methods, authors, layers, width, epochs, firstSeed, cache);
    }

    private static boolean isForSome(String option) {
        return EXPERIMENTS.stream().anyMatch(experiment -> experiment.takes().contains(option));
    }

    private Path dataSets() {
        return Optional.ofNullable(data)
                .or(() -> Optional.ofNullable(System.getenv("EXPUNGE_DATA")).map(Path::of))
                .filter(Files::isDirectory)
                .orElseThrow(() -> refusal("--data must name the directory of the data sets"));
    }

    private ParameterException refusal(String reason) {
        return new ParameterException(spec.commandLine(), reason);
    }

    private static String names() {
        return EXPERIMENTS.stream().map(Experiment::name).collect(Collectors.joining(", "));
    }
}
