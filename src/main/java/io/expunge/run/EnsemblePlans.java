package io.expunge.run;

import io.expunge.catalog.Models;
import io.expunge.catalog.TrainingSets;
import io.expunge.catalog.Versions;
import io.expunge.engine.NetworkArchitecture;
import io.expunge.erasure.Forgotten;
import io.expunge.shared.Problem;
import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.stereotype.Component;

/** Reads what members of ensembles are made of, and who of them knows somebody who was forgotten. */
@Component
class EnsemblePlans {

    private final Models models;
    private final Versions versions;
    private final TrainingSets sets;
    private final Forgotten forgotten;

    EnsemblePlans(Models models, Versions versions, TrainingSets sets, Forgotten forgotten) {
        this.models = models;
        this.versions = versions;
        this.sets = sets;
        this.forgotten = forgotten;
    }

    EnsemblePlan of(EnsembleTable.Row ensemble) {
        if (!(models.model(ensemble.model()).architecture() instanceof NetworkArchitecture network)) {
            throw new IllegalStateException("an ensemble of a model that is no classifier");
        }
        var learned = sets.learned(ensemble.version());
        return new EnsemblePlan(
                network,
                versions.version(ensemble.version()).trained().ofNetwork(),
                learned,
                parts(ensemble, learned.ordinals()));
    }

    /** What its members learn from, without reading the records. */
    EnsembleParts parts(EnsembleTable.Row ensemble) {
        return parts(ensemble, sets.ordinals(ensemble.version()));
    }

    private static EnsembleParts parts(EnsembleTable.Row ensemble, int[] ordinals) {
        return new EnsembleParts(
                ensemble.kind(), ensemble.seed(), ordinals.length, rows(ordinals, Arrays.stream(ensemble.excluded())));
    }

    /**
     * Refuses members that would learn from, or have learned from, a record that the model has been made to forget since the
     * ensemble was ordered.
     */
    void requireNobodyForgotten(EnsembleTable.Row ensemble, Collection<Integer> numbers) {
        if (!knowing(ensemble, numbers).isEmpty()) {
            throw Problem.conflict(
                    "forgotten-meanwhile",
                    "the model has forgotten records that members were to learn from; order the ensemble again");
        }
    }

    /** Those of {@code numbers} whose members learn from a record that the model has been made to forget. */
    Set<Integer> knowing(EnsembleTable.Row ensemble, Collection<Integer> numbers) {
        var records = forgotten.recordsKnown(ensemble.controller(), ensemble.model(), ensemble.version());
        var knowing = new TreeSet<Integer>();
        if (records.isEmpty() || numbers.isEmpty()) {
            return knowing;
        }
        var ordinals = sets.ordinals(ensemble.version());
        var parts = parts(ensemble, ordinals);
        var gone = new boolean[ordinals.length];
        for (int row : rows(ordinals, records.stream().mapToInt(record -> record.ordinal()))) {
            gone[row] = true;
        }
        if (ensemble.kind() != EnsembleKind.HALVES) {
            // all learn from the same records
            if (Arrays.stream(parts.rows(0)).anyMatch(row -> gone[row])) {
                knowing.addAll(numbers);
            }
            return knowing;
        }
        for (int number : numbers) {
            if (Arrays.stream(parts.rows(number)).anyMatch(row -> gone[row])) {
                knowing.add(number);
            }
        }
        return knowing;
    }

    /** Whether members were asked about a record that the model has been made to forget: what they say of it is kept. */
    boolean answersForForgotten(EnsembleTable.Row ensemble) {
        var records = forgotten.recordsKnown(ensemble.controller(), ensemble.model(), ensemble.version());
        return !records.isEmpty()
                && rows(sets.ordinals(ensemble.version()), records.stream().mapToInt(record -> record.ordinal())).length
                        > 0;
    }

    /** Where in {@code ordinals}, which ascend, these stand; one that is not among them stands nowhere. */
    private static int[] rows(int[] ordinals, java.util.stream.IntStream wanted) {
        return wanted.map(ordinal -> Arrays.binarySearch(ordinals, ordinal))
                .filter(row -> row >= 0)
                .sorted()
                .toArray();
    }
}
