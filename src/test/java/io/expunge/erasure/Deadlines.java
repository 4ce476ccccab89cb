package io.expunge.erasure;

import java.time.Instant;
import java.time.ZoneId;

/** Lets tests of other packages count as the law does. */
public final class Deadlines {

    private Deadlines() {}

    public static Instant due(String regulation, Instant received, ZoneId zone) {
        return Regulation.valueOf(regulation).due(received, zone);
    }

    public static Instant extended(String regulation, Instant received, ZoneId zone) {
        return Regulation.valueOf(regulation).extended(received, zone);
    }
}
