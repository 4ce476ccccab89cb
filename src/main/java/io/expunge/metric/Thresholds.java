package io.expunge.metric;

import java.util.Map;
import java.util.TreeMap;

/**
 * The limits of the checks, fixed before a run begins and stored with it.
 *
 * @param limits a positive limit for every check, by its code; what is left out has its calibrated default
 */
public record Thresholds(Map<String, Double> limits) {

    /**
     * Fills in what is left out.
     *
     * @throws IllegalArgumentException if a limit has no check, or is not a positive number of at most 1000
     */
    public Thresholds {
        var all = new TreeMap<String, Double>();
        for (var check : Check.values()) {
            all.put(check.code(), check.calibrated());
        }
        limits.forEach((code, limit) -> {
            if (!all.containsKey(code)) {
                throw new IllegalArgumentException(
                        "thresholds." + code + " is no check; the checks are " + Check.codes());
            }
            if (limit == null || !(limit > 0 && limit <= 1000)) {
                throw new IllegalArgumentException(
                        "thresholds." + code + " must be above 0 and at most 1000 but was " + limit);
            }
            all.put(code, limit);
        });
        limits = Map.copyOf(all);
    }

    /** The limits that the verdict was calibrated with. */
    public static Thresholds calibrated() {
        return new Thresholds(Map.of());
    }

    public double limit(Check check) {
        var limit = limits.get(check.code());
        if (limit == null) {
            throw new IllegalStateException("no limit of " + check.code());
        }
        return limit;
    }
}
