package io.expunge.notify;

import java.util.Map;

/** How a protocol proves to whom it calls back that it is the one who calls. */
public interface CallbackSigner {

    /** The protocol, as callbacks were enqueued with it. */
    String protocol();

    /** Headers for this body, made anew at each attempt. */
    Map<String, String> headers(byte[] body);
}
