package io.expunge.console;

import io.expunge.api.NewErasureRequest;
import io.expunge.api.RecordSelection;
import io.expunge.shared.Problem;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What was typed into the form by which somebody is forgotten. It travels from step to step in the body of the posts and is
 * kept nowhere until it is filed.
 *
 * @param people identifiers, one a line
 * @param datasets look only in these; all when none is named
 * @param recordsOf data set whose records are named by place
 * @param ordinals their places, counted from 0, as in {@code 3, 17-19}
 * @param received when the request was received, as the browser's field has it
 * @param promised an earlier deadline, or empty
 * @param key makes a second press of the button find the request that the first one filed
 */
record ForgetForm(
        @Nullable String people,
        @Nullable List<UUID> datasets,
        @Nullable UUID recordsOf,
        @Nullable String ordinals,
        @Nullable String regulation,
        @Nullable String received,
        @Nullable String promised,
        @Nullable String externalId,
        @Nullable String key) {

    private static final int MOST = 10_000;
    private static final int MOST_ORDINALS = 1_000_000;

    List<String> identifiers() {
        return people == null
                ? List.of()
                : people.lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .distinct()
                        .toList();
    }

    /** Names the fields as the form does. */
    NewErasureRequest request() {
        requireSomebody();
        var law = regulation == null || regulation.isEmpty() ? null : regulation;
        if (law == null) {
            throw Problem.invalid("regulation", "must be chosen");
        }
        var request = new NewErasureRequest(
                        NewErasureRequest.RegulationEnum.fromValue(law),
                        Typed.time("received", received == null ? "" : received))
                .subjects(identifiers());
        if (promised != null && !promised.isEmpty()) {
            request.dueAt(Typed.time("promised", promised));
        }
        if (externalId != null && !externalId.isBlank()) {
            request.externalId(externalId.strip());
        }
        if (datasets != null) {
            request.datasetIds(datasets);
        }
        var places = places();
        if (recordsOf != null && !places.isEmpty()) {
            request.records(List.of(new RecordSelection(recordsOf, places)));
        }
        return request;
    }

    void requireSomebody() {
        var identifiers = identifiers();
        if (identifiers.size() > MOST) {
            throw Problem.invalid("people", "must be at most " + MOST + " lines");
        }
        for (int i = 0; i < identifiers.size(); i++) {
            if (identifiers.get(i).length() > 512) {
                throw Problem.invalid("people", "has a line of more than 512 characters: line " + (i + 1));
            }
        }
        if (identifiers.isEmpty() && places().isEmpty()) {
            throw Problem.invalid("people", "must name at least one person");
        }
        if (!places().isEmpty() && recordsOf == null) {
            throw Problem.invalid("recordsOf", "must be the data set that these places are in");
        }
    }

    private List<Integer> places() {
        if (ordinals == null || ordinals.isBlank()) {
            return List.of();
        }
        var all = new java.util.ArrayList<Integer>();
        for (var part : ordinals.strip().split("[\\s,;]+", -1)) {
            if (part.isEmpty()) {
                continue;
            }
            if (!part.matches("\\d{1,9}(-\\d{1,9})?")) {
                throw Problem.invalid("ordinals", "must be places such as 3, 17-19");
            }
            var ends = part.split("-", -1);
            int first = Integer.parseInt(ends[0]);
            int last = Integer.parseInt(ends[ends.length - 1]);
            if (last < first || all.size() + (long) last - first >= MOST_ORDINALS) {
                throw Problem.invalid("ordinals", "must be at most " + MOST_ORDINALS + " places, each range upwards");
            }
            for (int i = first; i <= last; i++) {
                all.add(i);
            }
        }
        return all;
    }
}
