package io.expunge.lab;

import io.expunge.engine.Diverged;
import io.expunge.engine.Monitor;
import io.expunge.engine.Network;
import io.expunge.engine.Recipe;
import io.expunge.engine.Session;
import io.expunge.engine.SmallCnn;
import io.expunge.method.NetworkMethod;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The main table of Jia et al. 2023, <a href="https://arxiv.org/abs/2304.04934">Model Sparsity Can Simplify Machine
 * Unlearning</a>, on small data: one class of MNIST, and a tenth of a CIFAR-10 subset.
 *
 * <p>Each approximate method's setting is the one of six that comes closest to a retrained network on a problem and on
 * validation records that take no part in the table.
 */
public final class SparsityExperiment implements Experiment {

    private static final long TUNING_SEED = 1007;

    private final String name;
    private final List<String> scenarios;

    private SparsityExperiment(String name, List<String> scenarios) {
        this.name = name;
        this.scenarios = scenarios;
    }

    /** The whole table and either half of it, to be run side by side. */
    public static List<SparsityExperiment> all() {
        return List.of(
                new SparsityExperiment("sparsity", List.of("classwise", "random")),
                new SparsityExperiment("sparsity-classwise", List.of("classwise")),
                new SparsityExperiment("sparsity-random", List.of("random")));
    }

    /** @param budget passes over the retain set that no approximate method may exceed */
    private record Scenario(String name, int budget, Function<Long, Forgetting> problem) {}

    @Override
    public String name() {
        return name;
    }

    @Override
    public void run(Path data, int seeds, LabOptions options, Report report) {
        var wanted = Stream.of(classwise(data), random(data))
                .filter(scenario -> scenarios.contains(scenario.name()))
                .toList();
        int done = 0;
        long total = (long) wanted.size() * (seeds + 1);
        for (var scenario : wanted) {
            var chosen = tune(scenario, report);
            report.progress(scenario.name() + " tuned", ++done, total);
            var table = new SparsityTable(scenario.name(), report);
            for (long seed = 0; seed < seeds; seed++) {
                measure(scenario.problem().apply(seed), chosen, table, report);
                report.progress(scenario.name() + " seed " + seed, ++done, total);
            }
            table.print();
        }
    }

    private static Scenario classwise(Path data) {
        var digits = LabData.mnist(data, 1, 28, 28);
        var recipe = new Recipe(20, 64, 0.05, 0.9, 5e-4, Recipe.Schedule.COSINE, false);
        return new Scenario(
                "classwise",
                2,
                seed -> Forgetting.ofClass(new SmallCnn(1, 28, 28, 10), recipe, digits, (int) (seed % 10), seed));
    }

    private static Scenario random(Path data) {
        var pictures = LabData.cifar(data);
        var recipe = new Recipe(20, 64, 0.05, 0.9, 5e-4, Recipe.Schedule.COSINE, false);
        return new Scenario(
                "random", 4, seed -> Forgetting.ofTenth(new SmallCnn(3, 32, 32, 10), recipe, pictures, seed));
    }

    /** Settings by row: of the methods on the dense network and of those on the pruned one. */
    private record Chosen(Map<String, NetworkMethod> dense, Map<String, NetworkMethod> pruned) {}

    private static Chosen tune(Scenario scenario, Report report) {
        var problem = scenario.problem().apply(TUNING_SEED);
        var candidates = new Candidates(problem.recipe(), scenario.budget(), TUNING_SEED);
        var chosen = new Chosen(new LinkedHashMap<>(), new LinkedHashMap<>());
        try (var parent = problem.parent();
                var retrained = problem.retrained(0);
                var pruned = Pruned.of(problem, parent);
                var prunedRetrained = pruned.retrained()) {
            var target = problem.scoreOnValidation(retrained);
            var prunedTarget = problem.scoreOnValidation(prunedRetrained);
            report.line("");
            report.line(
                    scenario.name() + ": settings, by gap to retraining on the tuning problem's validation records");
            var dense = new Start(problem, parent, problem::edit);
            candidates
                    .all()
                    .forEach((row, methods) -> chosen.dense().put(row, best(row, dense, target, methods, report)));
            var sparse = new Start(problem, pruned.network(), pruned::edit);
            candidates
                    .pruned()
                    .forEach((row, methods) ->
                            chosen.pruned().put(row, best(row, sparse, prunedTarget, methods, report)));
        }
        return chosen;
    }

    private interface Edit {
        void apply(Network network, NetworkMethod method, Session session);
    }

    /** Where edits of one problem begin. */
    private record Start(Forgetting problem, Network network, Edit edit) {}

    private static NetworkMethod best(
            String row, Start start, Score target, List<NetworkMethod> methods, Report report) {
        var gaps = new ArrayList<Double>();
        for (var method : methods) {
            double gap = Double.POSITIVE_INFINITY;
            try (var network = start.network().copy()) {
                start.edit().apply(network, method, new Session(Monitor.NONE));
                gap = start.problem().scoreOnValidation(network).gap(target);
            } catch (Diverged e) {
                report.line(row + ": " + e.getMessage());
            }
            gaps.add(gap);
        }
        int least = IntStream.range(0, gaps.size())
                .reduce((a, b) -> gaps.get(b) < gaps.get(a) ? b : a)
                .orElseThrow();
        report.line(row + ": " + methods.get(least) + ", gaps "
                + gaps.stream().map(SparsityTable::points).toList());
        return methods.get(least);
    }

    private static void measure(Forgetting problem, Chosen chosen, SparsityTable table, Report report) {
        try (var parent = problem.parent();
                var retrained = problem.retrained(0);
                var other = problem.retrained(1);
                var pruned = Pruned.of(problem, parent);
                var prunedRetrained = pruned.retrained()) {
            var target = problem.scoreOnTest(retrained);
            var prunedTarget = problem.scoreOnTest(prunedRetrained);
            table.add("retrain", target, target, 100);
            table.add("null", problem.scoreOnTest(other), target, 100);
            table.add("nothing", problem.scoreOnTest(parent), target, 0);
            var dense = new Start(problem, parent, problem::edit);
            chosen.dense().forEach((row, method) -> edit(row, dense, method, target, table, report));
            table.add("pruned-retrain", prunedTarget, prunedTarget, 100);
            table.add("pruned-nothing", problem.scoreOnTest(pruned.network()), prunedTarget, 0);
            var sparse = new Start(problem, pruned.network(), pruned::edit);
            chosen.pruned().forEach((row, method) -> edit(row, sparse, method, prunedTarget, table, report));
        }
    }

    /** A method that ran off is scored by what it left: the weights at which its loss was no number any more. */
    private static void edit(
            String row, Start start, NetworkMethod method, Score target, SparsityTable table, Report report) {
        var problem = start.problem();
        var session = new Session(Monitor.NONE);
        try (var network = start.network().copy()) {
            try {
                start.edit().apply(network, method, session);
            } catch (Diverged e) {
                report.line(row + ", seed " + problem.seed() + ": " + e.getMessage());
            }
            table.add(row, problem.scoreOnTest(network), target, problem.cost(session));
        }
    }
}
