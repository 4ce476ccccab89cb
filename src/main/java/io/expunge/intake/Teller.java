package io.expunge.intake;

import io.expunge.erasure.Standing;
import io.expunge.intake.ForeignRequests.Foreign;
import java.util.Optional;

/** What a protocol tells whoever filed a request. */
interface Teller {

    String protocol();

    /**
     * What is said of where a request stands now.
     *
     * @param url where it is said
     * @return empty if the protocol says nothing of this
     */
    Optional<String> body(Foreign one, Standing standing, String url);
}
