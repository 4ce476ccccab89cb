package io.expunge.notify;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** How a protocol calls back, and proves to whom it calls that it is the one who calls. */
public interface CallbackSigner {

    /** The protocol, as callbacks were enqueued with it. */
    String protocol();

    /** The method of HTTP. */
    default String method() {
        return "POST";
    }

    /**
     * Headers for this body, made anew at each attempt.
     *
     * @param subject what it is about
     * @param url where it goes
     * @return empty if what is needed for them is there no longer, so that it can never be delivered
     */
    Optional<Map<String, String>> headers(UUID subject, String url, byte[] body);

    /** Whether its addresses are settings of the operator's, which may lead into our own network. */
    default boolean trusted() {
        return false;
    }

    /** Whether a refusal with this status says that the other side has no more use for it. */
    default boolean pointless(int status) {
        return false;
    }
}
