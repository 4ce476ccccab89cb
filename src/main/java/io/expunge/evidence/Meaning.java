package io.expunge.evidence;

/** What a guarantee and a verdict come to together, for whoever has never met either word. */
final class Meaning {

    private Meaning() {}

    static String of(Statement.Predicate predicate) {
        var verdict = predicate.verification().verdict();
        if (predicate.forgetSet().recordCount() == 0 && predicate.requests().isEmpty()) {
            return ofDememorisation(verdict);
        }
        return predicate.method().guarantee().equals(Guarantee.EXACT) ? ofExact(verdict) : ofEmpirical(verdict);
    }

    private static String ofExact(String verdict) {
        return "Exact: the weights come from a training that never read the records, so they hold nothing learned from them. "
                + switch (verdict) {
                    case "PASSED" ->
                        "The measurements agree: the version behaves like models that were retrained without the records.";
                    case "INCONCLUSIVE" ->
                        "What is inconclusive is only whether the measurements can show it as well; the certificate gives the reasons.";
                    case "FAILED" ->
                        "All the same a measurement lies outside its limit: the version differs from other models that were"
                                + " retrained without the records; the certificate gives the reasons.";
                    default -> "Nothing was measured beside that.";
                };
    }

    private static String ofEmpirical(String verdict) {
        return "Empirical: the weights were edited and not trained anew. "
                + switch (verdict) {
                    case "PASSED" ->
                        "In everything that was measured the version behaves like models that were retrained without the"
                                + " records. That is evidence and no proof.";
                    case "INCONCLUSIVE" ->
                        "The measurements do not decide whether the version behaves like models that were retrained without"
                                + " the records, so it is open whether they were forgotten; the certificate gives the reasons.";
                    case "FAILED" ->
                        "A measurement lies outside its limit: the version does not behave like models that were retrained"
                                + " without the records; the certificate gives the reasons.";
                    default -> "Nothing was measured, so nothing shows whether the records were forgotten.";
                };
    }

    private static String ofDememorisation(String verdict) {
        return "Nobody was forgotten: the weights were edited so that the model recites less of its training texts. "
                + switch (verdict) {
                    case "PASSED" ->
                        "In everything that was measured, what it recites and what it lost are within the limits.";
                    case "INCONCLUSIVE" ->
                        "The measurements do not decide whether it recites as little, and lost as little, as the limits"
                                + " demand; the certificate gives the reasons.";
                    case "FAILED" -> "A measurement lies outside its limit; the certificate gives the reasons.";
                    default -> "Nothing was measured, so nothing shows whether it does.";
                };
    }
}
