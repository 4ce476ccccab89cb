package io.expunge.intake;

import io.expunge.api.ErasureRequest;
import io.expunge.api.NewErasureRequest;
import io.expunge.audit.Actor;
import io.expunge.erasure.Erasures;
import io.expunge.erasure.Standing;
import io.expunge.erasure.Standing.Stage;
import io.expunge.intake.ForeignRequests.Foreign;
import io.expunge.shared.Problem;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** Files what came by another protocol as a request of the API, and finds it again under its own id. */
@Service
class Filings {

    private static final String CALLERS = "hasAnyRole('INTAKE', 'PRIVACY_OFFICER')";

    private final Erasures erasures;
    private final ForeignRequests foreign;
    private final News news;
    private final TransactionTemplate transaction;

    Filings(Erasures erasures, ForeignRequests foreign, News news, TransactionTemplate transaction) {
        this.erasures = erasures;
        this.foreign = foreign;
        this.news = news;
        this.transaction = transaction;
    }

    /** A request as its controller knows it, and where it stands. */
    record Seen(Foreign request, Standing standing) {}

    /**
     * What is to be filed.
     *
     * @param key what makes a repetition the same request
     * @param keyField what a refusal names if the key was used for another request
     * @param foreignId what it is called there, or null for our own id
     * @param callbacks where changes are told
     * @param context see {@link Foreign#context()}, from the request's own id
     * @param reply what callbacks need and nobody else may see
     * @param answered whether the answer itself says where the request stands, so that this is not told again
     */
    record Order(
            String protocol,
            String key,
            String keyField,
            @Nullable String foreignId,
            NewErasureRequest erasure,
            List<String> callbacks,
            Function<UUID, String> context,
            @Nullable String reply,
            boolean answered) {}

    /** Files a request, or finds the one that was filed under its key; durable when this returns. */
    @PreAuthorize(CALLERS)
    Seen file(Order order) {
        var id = accepted(order).getId();
        return Objects.requireNonNull(transaction.execute(status -> {
            // nobody moves it on meanwhile unheard: whoever does sees this row, or has let us see the move
            var standing = order.answered() ? erasures.resolveNow(id) : erasures.lockStanding(id);
            boolean over = order.answered() && standing.stage().ended();
            var one = new Foreign(
                    standing.controllerId(),
                    order.protocol(),
                    order.foreignId() == null ? id.toString() : order.foreignId(),
                    id,
                    over ? List.of() : order.callbacks(),
                    order.context().apply(id),
                    order.answered() ? standing.stage() : Stage.PENDING);
            if (foreign.insert(one) && standing.stage() != one.told()) {
                news.tell(one, standing);
            }
            return new Seen(one, standing);
        }));
    }

    private ErasureRequest accepted(Order order) {
        try {
            return erasures.accept(order.erasure(), order.protocol() + ":" + order.key(), order.reply());
        } catch (Problem e) {
            if (e.slug().equals("idempotency-key-reused")) {
                throw Problem.invalid(order.keyField(), "was already used for another request");
            }
            throw e;
        }
    }

    /** The caller's request under its foreign id. */
    @PreAuthorize(CALLERS)
    Optional<Seen> find(String protocol, String foreignId) {
        return foreign.find(Actor.current().controller(), protocol, foreignId)
                .map(one -> new Seen(
                        one, erasures.standings(List.of(one.requestId())).getFirst()));
    }
}
