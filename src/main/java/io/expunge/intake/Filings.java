package io.expunge.intake;

import io.expunge.api.ErasureRequest;
import io.expunge.api.NewErasureRequest;
import io.expunge.audit.Actor;
import io.expunge.erasure.Delivery;
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
import java.util.function.Predicate;
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
     * @param untimed whether the protocol does not say when the person asked
     * @param answered whether the answer itself says this, so that it is not told again; whom the request concerns is found
     *     out before the answer. Null if the answer says nothing, and need not wait
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
            boolean untimed,
            @Nullable Predicate<Standing> answered) {}

    /** Files a request, or finds the one that was filed under its key; durable when this returns. */
    @PreAuthorize(CALLERS)
    Seen file(Order order) {
        var id = accepted(order).getId();
        return Objects.requireNonNull(transaction.execute(status -> {
            // nobody moves it on meanwhile unheard: whoever does sees this row, or has let us see the move
            var standing = order.answered() == null ? erasures.lockStanding(id) : erasures.resolveNow(id);
            boolean answered = order.answered() != null && order.answered().test(standing);
            var one = new Foreign(
                    standing.controllerId(),
                    order.protocol(),
                    order.foreignId() == null ? id.toString() : order.foreignId(),
                    id,
                    answered && standing.stage().ended() ? List.of() : order.callbacks(),
                    order.context().apply(id),
                    answered ? standing.stage() : Stage.PENDING);
            if (foreign.insert(one)) {
                if (standing.stage() != one.told()) {
                    news.tell(one, standing);
                }
            } else if (order.reply() != null
                    && erasures.renewReply(id, order.reply())
                    && standing.stage().ended()
                    && !answered) {
                // asked again with another token: the one before may be worth nothing by now
                news.tell(one, standing);
            }
            return new Seen(one, standing);
        }));
    }

    private ErasureRequest accepted(Order order) {
        try {
            return erasures.accept(
                    order.erasure(),
                    new Delivery(order.protocol() + ":" + order.key(), order.untimed(), order.reply()));
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
