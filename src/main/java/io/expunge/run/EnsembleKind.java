package io.expunge.run;

/** What the members of an ensemble learn from. */
public enum EnsembleKind {
    /** Each from a random half of the version's records. */
    HALVES(1),
    /** All of the version's records. */
    ORIGINALS(2),
    /** All of the version's records but those of some erasure requests. */
    RETRAINED(3);

    private final int stream;

    EnsembleKind(int stream) {
        this.stream = stream;
    }

    /** A number of its own, so that one seed draws other numbers for each kind. */
    int stream() {
        return stream;
    }
}
