package io.expunge.console;

import io.expunge.api.RetrainingAdvice;
import io.expunge.api.Version;
import io.expunge.api.VersionUtility;
import io.expunge.shared.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Two versions of a model side by side. */
record Compared(Version one, Version other, List<Line> lines) {

    /**
     * What is said of both.
     *
     * @param difference the second less the first, where both are numbers
     */
    record Line(
            String name, String one, String other, @Nullable String difference) {}

    static Compared of(List<Version> versions, RetrainingAdvice advice, Show show, UUID one, UUID other) {
        var first = find(versions, one);
        var second = find(versions, other);
        var lines = new ArrayList<Line>();
        lines.add(text(
                "State",
                show.words(first.getState().getValue()),
                show.words(second.getState().getValue())));
        lines.add(text(
                "Origin",
                show.words(first.getOrigin().getValue()),
                show.words(second.getOrigin().getValue())));
        lines.add(text("Method", method(advice, one), method(advice, other)));
        lines.add(text("Made from", parent(versions, first), parent(versions, second)));
        lines.add(text("Published", show.at(first.getPublishedAt()), show.at(second.getPublishedAt())));
        lines.add(number(
                show, "Records it no longer learned from", whole(first.getForgotten()), whole(second.getForgotten())));
        var metrics = metrics(first);
        var others = metrics(second);
        var names = new TreeSet<>(metrics.keySet());
        names.addAll(others.keySet());
        names.forEach(name -> lines.add(number(show, name, metrics.get(name), others.get(name))));
        return new Compared(first, second, lines);
    }

    private static Line text(String name, String one, String other) {
        return new Line(name, one.isEmpty() ? "–" : one, other.isEmpty() ? "–" : other, null);
    }

    private static Line number(Show show, String name, @Nullable Double one, @Nullable Double other) {
        return new Line(
                name,
                show.number(one),
                show.number(other),
                one == null || other == null ? null : (other >= one ? "+" : "") + show.number(other - one));
    }

    private static @Nullable Double whole(@Nullable Long number) {
        return number == null ? null : Double.valueOf(number);
    }

    private static String method(RetrainingAdvice advice, UUID version) {
        return advice.getHistory().stream()
                .filter(one -> one.getVersionId().equals(version))
                .map(VersionUtility::getMethod)
                .filter(java.util.Objects::nonNull)
                .findFirst()
                .orElse("–");
    }

    private static String parent(List<Version> versions, Version of) {
        return versions.stream()
                .filter(one -> one.getId().equals(of.getParentId()))
                .map(one -> "version " + one.getNumber())
                .findFirst()
                .orElse("–");
    }

    private static Map<String, Double> metrics(Version version) {
        return version.getMetrics() == null ? Map.of() : version.getMetrics();
    }

    private static Version find(List<Version> versions, UUID id) {
        return versions.stream()
                .filter(found -> found.getId().equals(id))
                .findFirst()
                .orElseThrow(() -> Problem.notFound("version", id));
    }
}
