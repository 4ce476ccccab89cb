package io.expunge.console;

import io.expunge.api.Evidence;
import io.expunge.api.Measurement;
import io.expunge.method.ExactRetraining;
import java.util.stream.Collectors;

/** Evidence in a few sentences, for whoever has to decide on it. */
final class InShort {

    private InShort() {}

    static String of(Evidence evidence, Show show) {
        var checks = evidence.getMeasurements();
        long forgotten = evidence.getForgetRecords() == null ? 0 : evidence.getForgetRecords();
        var records = show.counted(forgotten, "forgotten record");
        return switch (evidence.getVerdict()) {
            case PASSED ->
                "All " + checks.size() + " checks on " + records
                        + " found the edited model as models are that were retrained without them, and the model before was not.";
            case FAILED ->
                count(evidence, Measurement.OutcomeEnum.FAILED) + " of " + checks.size()
                        + " checks found the edited model unlike models that were retrained without the " + records
                        + ": "
                        + names(evidence, Measurement.OutcomeEnum.FAILED) + ".";
            case INCONCLUSIVE -> inconclusive(evidence, records);
            case PENDING -> "Nothing has been judged yet.";
        };
    }

    private static String inconclusive(Evidence evidence, String records) {
        long open = count(evidence, Measurement.OutcomeEnum.INCONCLUSIVE);
        var what = open == 0
                ? "No check failed, but nothing was found that tells the model before from models retrained without the "
                        + records + ", so it cannot be shown that they were forgotten."
                : "No check failed, but " + open + " of "
                        + evidence.getMeasurements().size() + " cannot tell with " + records
                        + ": their intervals reach beyond the limits. More records or more retrained models would narrow them.";
        return evidence.getMethod() instanceof ExactRetraining
                ? what
                        + " The model was trained anew without these records and has never read them; what is missing is the"
                        + " proof by measurement."
                : what;
    }

    private static long count(Evidence evidence, Measurement.OutcomeEnum outcome) {
        return evidence.getMeasurements().stream()
                .filter(one -> one.getOutcome() == outcome)
                .count();
    }

    private static String names(Evidence evidence, Measurement.OutcomeEnum outcome) {
        return evidence.getMeasurements().stream()
                .filter(one -> one.getOutcome() == outcome)
                .map(Measurement::getCheck)
                .collect(Collectors.joining(", "));
    }
}
