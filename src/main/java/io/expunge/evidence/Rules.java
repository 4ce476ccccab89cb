package io.expunge.evidence;

import io.expunge.engine.Architecture;
import io.expunge.method.Method;
import io.expunge.metric.Thresholds;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a policy says of a run; fixed when the run is ordered.
 *
 * @param methods tried in order; after the last one a person is asked
 * @param references retrained models that the candidate is compared with
 * @param approvalByPerson whether a candidate that passed waits for somebody to publish it
 * @param automatic whether runs are planned without being asked for
 * @param waitSeconds how long a request may wait for others to share a run
 * @param divergenceModels how many networks are edited to hold their distribution against that of retrained ones; null where
 *     the policy demands no divergence
 * @param retraining when retraining is recommended; null of policies that do not say
 */
record Rules(
        List<Method> methods,
        int references,
        boolean approvalByPerson,
        boolean automatic,
        int waitSeconds,
        Thresholds thresholds,
        @Nullable Integer divergenceModels,
        @Nullable RetrainingLimits retraining) {

    Rules {
        methods = List.copyOf(methods);
    }

    RetrainingLimits retrainingOrDefault() {
        return retraining == null ? RetrainingLimits.DEFAULTS : retraining;
    }

    /** The same rules with those methods alone that are for models of an architecture. */
    Rules editing(Architecture architecture) {
        return with(
                methods.stream().filter(method -> method.edits(architecture)).toList());
    }

    /** The same rules with {@code first} tried before any other method. */
    Rules beginningWith(Method first) {
        var all = new java.util.ArrayList<Method>();
        all.add(first);
        methods.stream().filter(method -> !method.equals(first)).forEach(all::add);
        return with(all);
    }

    /** The same rules with one method and no other. */
    Rules withOnly(Method method) {
        return with(List.of(method));
    }

    private Rules with(List<Method> others) {
        return new Rules(
                others, references, approvalByPerson, automatic, waitSeconds, thresholds, divergenceModels, retraining);
    }
}
