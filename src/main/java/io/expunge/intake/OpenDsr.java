package io.expunge.intake;

import io.expunge.api.ErasureRequest;
import io.expunge.audit.Actor;
import io.expunge.erasure.Erasures;
import io.expunge.erasure.Standing;
import io.expunge.erasure.Standing.Stage;
import io.expunge.intake.ForeignRequests.Foreign;
import io.expunge.shared.Problem;
import java.util.List;
import java.util.UUID;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.transaction.support.TransactionTemplate;

/** Requests of OpenDSR 2.0: those of the API under another id. */
class OpenDsr {

    static final String PROTOCOL = "opendsr";
    static final String VERSION = "2.0";

    private static final String CALLERS = "hasAnyRole('INTAKE', 'PRIVACY_OFFICER')";

    private final Erasures erasures;
    private final ForeignRequests foreign;
    private final OpenDsrNews news;
    private final TransactionTemplate transaction;
    private final String domain;

    OpenDsr(
            Erasures erasures,
            ForeignRequests foreign,
            OpenDsrNews news,
            TransactionTemplate transaction,
            String domain) {
        this.erasures = erasures;
        this.foreign = foreign;
        this.news = news;
        this.transaction = transaction;
        this.domain = domain;
    }

    /** A request as its controller knows it, and where it stands. */
    record Seen(Foreign request, Standing standing) {}

    /** Files a request, or finds the one that was filed under its id; durable when this returns. */
    @PreAuthorize(CALLERS)
    Seen create(OpenDsrRequest asked) {
        var filed = accepted(asked);
        return java.util.Objects.requireNonNull(transaction.execute(status -> {
            // nobody moves it on meanwhile unheard: whoever does sees this row, or has let us see the move
            var standing = erasures.lockStanding(filed.getId());
            var one = new Foreign(
                    standing.controllerId(),
                    PROTOCOL,
                    asked.id(),
                    filed.getId(),
                    asked.callbacks(),
                    "https://" + domain + "/v1/erasure-requests/" + filed.getId() + "/certificates",
                    Stage.PENDING);
            if (foreign.insert(one) && standing.stage() != Stage.PENDING) {
                news.tell(one, standing);
            }
            return new Seen(one, standing);
        }));
    }

    private ErasureRequest accepted(OpenDsrRequest asked) {
        try {
            return erasures.accept(asked.erasure(), PROTOCOL + ":" + asked.id());
        } catch (Problem e) {
            if (e.slug().equals("idempotency-key-reused")) {
                throw Problem.invalid("subject_request_id", "was already used for another request");
            }
            throw e;
        }
    }

    @PreAuthorize(CALLERS)
    Seen find(UUID id) {
        var one = foreign.find(Actor.current().controller(), PROTOCOL, id)
                .orElseThrow(() -> Problem.notFound("subject request", id));
        return new Seen(one, erasures.standings(List.of(one.requestId())).getFirst());
    }

    /**
     * Withdraws a request; one that was withdrawn already stays so.
     *
     * @throws Problem 409 if it is no longer pending
     */
    @PreAuthorize(CALLERS)
    Seen cancel(UUID id) {
        var seen = find(id);
        switch (seen.standing().stage()) {
            case PENDING -> erasures.cancel(seen.request().requestId());
            case DROPPED -> {} // a repetition
            case IN_PROGRESS, COMPLETED ->
                throw Problem.conflict("not-pending", "request " + id + " is no longer pending");
        }
        return find(id);
    }
}
