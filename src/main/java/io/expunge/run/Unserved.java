package io.expunge.run;

/** A method cannot be applied to what a run is for, through no fault of the model; the policy may have another. */
public final class Unserved extends RuntimeException {

    Unserved(String reason) {
        super(reason);
    }
}
