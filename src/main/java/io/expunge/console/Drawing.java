package io.expunge.console;

import io.expunge.api.Measurement;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A measurement drawn on one line: what the edited model does, what the model before did, and the band of the retrained ones.
 * Places are in per cent of the line.
 */
record Drawing(
        Measurement of,
        @Nullable String before,
        @Nullable String after,
        @Nullable String bandFrom,
        @Nullable String bandWidth,
        String low,
        String high) {

    private static final double MARGIN = 0.08;

    static Drawing of(Measurement one) {
        var values = Stream.of(
                        one.getBefore(),
                        one.getAfter(),
                        one.getReference(),
                        one.getReferenceLow(),
                        one.getReferenceHigh())
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .filter(Double::isFinite)
                .toArray();
        double least = DoubleStream.of(values).min().orElse(0);
        double most = DoubleStream.of(values).max().orElse(1);
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
                Scale.text(least),
                Scale.text(most));
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
