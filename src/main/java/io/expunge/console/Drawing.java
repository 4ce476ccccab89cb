package io.expunge.console;

import io.expunge.api.Measurement;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A measurement drawn on one line: what the edited model does with its interval, what the model before did, the band of the
 * retrained ones, and where the limits stand. Places are in per cent of the line.
 */
record Drawing(
        Measurement of,
        @Nullable String before,
        @Nullable String after,
        @Nullable String bandFrom,
        @Nullable String bandWidth,
        @Nullable String intervalFrom,
        @Nullable String intervalTo,
        @Nullable String least,
        @Nullable String most) {

    private static final double MARGIN = 0.08;
    private static final double FAR = 5;

    static Drawing of(Measurement one) {
        // limits and intervals are of differences; what they are taken from puts them on the values' line
        Double origin = one.getAfter() == null || one.getDifference() == null
                ? null
                : Double.valueOf(one.getAfter() - one.getDifference());
        var from = plus(origin, one.getLow());
        var to = plus(origin, one.getHigh());
        var leastAllowed = plus(origin, one.getLeast());
        var mostAllowed = plus(origin, one.getMost());
        var values = Stream.of(
                        one.getBefore(),
                        one.getAfter(),
                        one.getReference(),
                        one.getReferenceLow(),
                        one.getReferenceHigh(),
                        from,
                        to)
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .filter(Double::isFinite)
                .toArray();
        double least = DoubleStream.of(values).min().orElse(0);
        double most = DoubleStream.of(values).max().orElse(1);
        // a limit far from everything measured is not drawn: it would leave nothing to be seen of the rest
        double reach = FAR * Math.max(most - least, 1e-6);
        double lowest = least - reach;
        double highest = most + reach;
        leastAllowed = leastAllowed != null && leastAllowed > lowest && leastAllowed < highest ? leastAllowed : null;
        mostAllowed = mostAllowed != null && mostAllowed > lowest && mostAllowed < highest ? mostAllowed : null;
        for (var limit : new @Nullable Double[] {leastAllowed, mostAllowed}) {
            if (limit != null) {
                least = Math.min(least, limit);
                most = Math.max(most, limit);
            }
        }
        double room = most > least ? (most - least) * MARGIN : Math.max(1e-6, Math.abs(most) * MARGIN);
        var scale = new Scale(least - room, most + room);
        var low = one.getReferenceLow() == null ? one.getReference() : one.getReferenceLow();
        var high = one.getReferenceHigh() == null ? one.getReference() : one.getReferenceHigh();
        return new Drawing(
                one,
                scale.place(one.getBefore()),
                scale.place(one.getAfter()),
                scale.place(low),
                low == null || high == null ? null : Scale.text(Math.max(0.8, scale.share(high) - scale.share(low))),
                scale.place(from),
                scale.place(to),
                scale.place(leastAllowed),
                scale.place(mostAllowed));
    }

    private static @Nullable Double plus(@Nullable Double origin, @Nullable Double difference) {
        return origin == null || difference == null ? null : Double.valueOf(origin + difference);
    }

    private record Scale(double from, double to) {

        double share(double value) {
            return 100 * (value - from) / (to - from);
        }

        @Nullable String place(@Nullable Double value) {
            return value == null || !Double.isFinite(value) ? null : text(share(value));
        }

        static String text(double value) {
            return String.format(Locale.ROOT, "%.3f", value);
        }
    }
}
