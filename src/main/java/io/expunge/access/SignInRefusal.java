package io.expunge.access;

/** Why nobody was signed in by the identity provider. */
public enum SignInRefusal {
    /** It does not answer. */
    AWAY,
    /** What it answered does not hold. */
    FAILED,
    /** Whoever was asked there declined. */
    CANCELLED,
    /** The answer belongs to no sign-in that began here, or to one that has ended. */
    TOO_LATE,
    /** The account is known and has no role here. */
    NO_ROLE,
    /** An admin has disabled the user. */
    DISABLED
}
