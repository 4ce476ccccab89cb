package io.expunge.intake;

import io.expunge.erasure.Erasures;
import io.expunge.intake.Filings.Order;
import io.expunge.intake.Filings.Seen;
import io.expunge.shared.Problem;
import java.util.UUID;

/** Requests of OpenDSR 2.0: those of the API under another id. */
class OpenDsr {

    static final String PROTOCOL = "opendsr";
    static final String VERSION = "2.0";

    private final Filings filings;
    private final Erasures erasures;
    private final String domain;

    OpenDsr(Filings filings, Erasures erasures, String domain) {
        this.filings = filings;
        this.erasures = erasures;
        this.domain = domain;
    }

    /** Files a request, or finds the one that was filed under its id; durable when this returns. */
    Seen create(OpenDsrRequest asked) {
        var id = asked.id().toString();
        return filings.file(new Order(
                PROTOCOL,
                id,
                "subject_request_id",
                id,
                asked.erasure(),
                asked.callbacks(),
                own -> "https://" + domain + "/v1/erasure-requests/" + own + "/certificates",
                null,
                false,
                null));
    }

    Seen find(UUID id) {
        return filings.find(PROTOCOL, id.toString()).orElseThrow(() -> Problem.notFound("subject request", id));
    }

    /**
     * Withdraws a request; one that was withdrawn already stays so.
     *
     * @throws Problem 409 if it is no longer pending
     */
    Seen cancel(UUID id) {
        var seen = find(id);
        switch (seen.standing().stage()) {
            case PENDING -> erasures.cancel(seen.request().requestId());
            case CANCELLED, REFUSED -> {} // a repetition
            case IN_PROGRESS, COMPLETED ->
                throw Problem.conflict("not-pending", "request " + id + " is no longer pending");
        }
        return find(id);
    }
}
