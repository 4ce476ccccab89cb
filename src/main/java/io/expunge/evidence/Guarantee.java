package io.expunge.evidence;

/** What a method promises by itself, before anything is measured. */
final class Guarantee {

    static final String EXACT = "exact";
    static final String EMPIRICAL = "empirical";

    private Guarantee() {}

    /** Only training anew without the records is exact; no method here has a certified bound. */
    static String of(String method) {
        return method.equals("exact-retraining") ? EXACT : EMPIRICAL;
    }

    private static final String OTHER =
            "Older versions, copies and backups of the weights, and models derived from them elsewhere, are not covered.";

    /** What a reader must not take from a certificate of that guarantee. */
    static java.util.List<String> limitations(String guarantee) {
        return guarantee.equals(EXACT)
                ? java.util.List.of(
                        "Exact: the weights come from a training that never read the records. It says nothing of what"
                                + " the remaining data tells about the same people.",
                        OTHER)
                : java.util.List.of(
                        "Empirical: the checks compare the version with models retrained without the records, on data at"
                                + " hand. They bound what these attacks find and are no proof against others.",
                        OTHER);
    }

    /** The same of an edit for nobody's request. */
    static java.util.List<String> ofDememorisation() {
        return java.util.List.of(
                "The edit makes the version recite less and deletes no record: nobody who is in the training data was"
                        + " forgotten, and what is no longer recited may come back with further training.",
                "Empirical: the checks compare the version with its parent on texts at hand, found by a search that cannot"
                        + " find everything.",
                OTHER);
    }
}
