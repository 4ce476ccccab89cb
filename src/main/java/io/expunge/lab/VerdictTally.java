package io.expunge.lab;

import io.expunge.metric.Check;
import io.expunge.metric.Finding;
import io.expunge.metric.Findings;
import io.expunge.metric.Outcome;
import io.expunge.metric.Thresholds;
import io.expunge.metric.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Counts verdicts and keeps the findings they rest on. */
final class VerdictTally {

    private record Case(String data, String kind, String edit, int references) {}

    private final Report report;
    private final Map<Case, List<Verdict>> verdicts = new LinkedHashMap<>();
    private final Map<Case, List<Findings>> findings = new LinkedHashMap<>();

    VerdictTally(Report report) {
        this.report = report;
    }

    void add(String data, String kind, String edit, int references, Findings found, Verdict verdict) {
        var key = new Case(data, kind, edit, references);
        verdicts.computeIfAbsent(key, k -> new ArrayList<>()).add(verdict);
        findings.computeIfAbsent(key, k -> new ArrayList<>()).add(found);
    }

    void print(String data) {
        report.line("");
        report.line(data + ": verdicts by forget set, edit and number of retrained references");
        var rows = new ArrayList<List<String>>();
        verdicts.forEach((key, all) -> {
            if (key.data().equals(data)) {
                rows.add(row(key, all));
            }
        });
        report.table(
                List.of("forget set", "edit", "references", "n", "passed", "failed", "inconclusive", "not passed by"),
                rows);
        findings.forEach((key, all) -> {
            if (key.data().equals(data) && key.references() == 3) {
                spread(key, all);
            }
        });
    }

    private List<String> row(Case key, List<Verdict> all) {
        var figures = key.data() + "." + key.kind() + "." + key.edit() + ".references" + key.references() + ".";
        for (var outcome : Outcome.values()) {
            report.figure(figures + outcome.name().toLowerCase(Locale.ROOT), share(all, outcome));
        }
        report.figure(figures + "n", all.size());
        return List.of(
                key.kind(),
                key.edit(),
                String.valueOf(key.references()),
                String.valueOf(all.size()),
                percent(share(all, Outcome.PASSED)),
                percent(share(all, Outcome.FAILED)),
                percent(share(all, Outcome.INCONCLUSIVE)),
                culprits(all));
    }

    private static double share(List<Verdict> all, Outcome outcome) {
        return all.stream().filter(verdict -> verdict.outcome() == outcome).count() / (double) all.size();
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }

    /** How often each check did not pass. */
    private static String culprits(List<Verdict> all) {
        var counts = new LinkedHashMap<String, Integer>();
        all.stream()
                .flatMap(verdict -> verdict.judgements().stream())
                .filter(judgement -> judgement.outcome() != Outcome.PASSED)
                .forEach(judgement -> counts.merge(judgement.check(), 1, Integer::sum));
        long blind = all.stream()
                .filter(verdict -> verdict.reasons().getLast().startsWith("these records left no mark"))
                .count();
        if (blind > 0) {
            counts.put("no mark on the parent", (int) blind);
        }
        return counts.toString();
    }

    /** Means and extremes of every finding, for the choice and the check of limits. */
    private void spread(Case key, List<Findings> all) {
        report.line("");
        report.line(
                key.data() + ", " + key.kind() + ", " + key.edit() + ": differences and the ends of their intervals");
        var rows = new ArrayList<List<String>>();
        var byCheck = new LinkedHashMap<String, List<Finding>>();
        all.stream()
                .flatMap(found -> found.findings().stream())
                .forEach(finding -> byCheck.computeIfAbsent(finding.check(), k -> new ArrayList<>())
                        .add(finding));
        byCheck.forEach((check, some) -> {
            var differences = some.stream().mapToDouble(Finding::difference).toArray();
            report.figures(key.data() + "." + key.kind() + "." + key.edit() + "." + check, differences);
            rows.add(List.of(
                    check,
                    number(some.stream()
                            .mapToDouble(Finding::difference)
                            .average()
                            .orElseThrow()),
                    number(some.stream().mapToDouble(Finding::difference).min().orElseThrow()),
                    number(some.stream().mapToDouble(Finding::difference).max().orElseThrow()),
                    number(some.stream().mapToDouble(Finding::low).min().orElseThrow()),
                    number(some.stream().mapToDouble(Finding::high).min().orElseThrow()),
                    number(some.stream().mapToDouble(Finding::high).max().orElseThrow()),
                    number(Thresholds.calibrated().limit(Check.of(check)))));
        });
        report.table(List.of("check", "mean", "least", "most", "least low", "least high", "most high", "limit"), rows);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
