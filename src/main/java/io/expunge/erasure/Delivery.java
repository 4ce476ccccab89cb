package io.expunge.erasure;

import org.jspecify.annotations.Nullable;

/**
 * How a request came by the protocol of another tool.
 *
 * @param key what makes a repetition the same request
 * @param untimed whether the tool did not say when the person asked, so that a repetition has another time
 * @param reply what its answers will need, kept encrypted with what the request says and shredded with it
 */
public record Delivery(
        String key, boolean untimed, @Nullable String reply) {

    /** Tells nothing of anybody. */
    @Override
    public String toString() {
        return "Delivery[]";
    }
}
