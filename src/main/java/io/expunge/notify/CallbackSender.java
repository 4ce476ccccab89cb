package io.expunge.notify;

import static java.util.stream.Collectors.toMap;

import io.expunge.audit.Actor;
import io.expunge.audit.AuditLog;
import io.expunge.notify.CallbackTable.Pending;
import io.expunge.run.LightTask;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Tells controllers what they asked to be told; the log says when one could not be told. */
@Component
class CallbackSender implements LightTask {

    private static final Logger log = LoggerFactory.getLogger(CallbackSender.class);
    private static final int AT_ONCE = 500;
    private static final int ROUNDS = 20;

    private final CallbackTable table;
    private final Map<String, CallbackSigner> signers;
    private final Courier courier;
    private final AuditLog audit;
    private final TransactionTemplate transaction;
    private final Clock clock;

    CallbackSender(
            CallbackTable table,
            List<CallbackSigner> signers,
            Courier courier,
            AuditLog audit,
            TransactionTemplate transaction,
            Clock clock) {
        this.table = table;
        this.signers = signers.stream().collect(toMap(CallbackSigner::protocol, Function.identity()));
        this.courier = courier;
        this.audit = audit;
        this.transaction = transaction;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "callback-delivery";
    }

    @Override
    public Duration every() {
        return Duration.ofSeconds(1);
    }

    @Override
    public void execute() {
        // what could not be delivered is due again only after a pause, so each round is of others
        for (int round = 0; round < ROUNDS; round++) {
            var due = table.due(clock.instant(), AT_ONCE);
            courier.each(due, this::deliver);
            if (due.isEmpty()) {
                return;
            }
        }
    }

    private void deliver(Pending one) {
        var signer = signers.get(one.protocol());
        if (signer == null) {
            settle(one, new Courier.Answer(0, "protocol-off", Duration.ZERO), false);
            return;
        }
        Optional<Map<String, String>> headers;
        try {
            headers = signer.headers(one.subjectId(), one.url(), one.body().getBytes(StandardCharsets.UTF_8));
        } catch (RuntimeException e) {
            settle(one, new Courier.Answer(0, e.getClass().getSimpleName(), Duration.ZERO), false);
            return;
        }
        if (headers.isEmpty()) {
            giveUp(one, new Courier.Answer(0, "shredded", Duration.ZERO));
            return;
        }
        var answer = courier.send(signer.method(), one.url(), one.body(), headers.get(), signer.trusted());
        settle(one, answer, signer.pointless(answer.status()));
    }

    private void settle(Pending one, Courier.Answer answer, boolean pointless) {
        if (answer.taken() || pointless) {
            table.delete(one.id());
        } else if (!answer.error().equals(Courier.INTERRUPTED)) {
            var next = courier.next(one.attempts(), answer, clock.instant());
            if (next == null) {
                giveUp(one, answer);
            } else {
                table.postpone(one.id(), next);
            }
        }
    }

    private void giveUp(Pending one, Courier.Answer answer) {
        transaction.executeWithoutResult(status -> {
            table.delete(one.id());
            audit.append(
                    Actor.system(one.controllerId()),
                    "callback.failed",
                    "erasure-request",
                    one.subjectId(),
                    Map.of(
                            "protocol", one.protocol(),
                            "error", answer.error(),
                            "status", answer.status(),
                            "attempts", one.attempts() + 1));
        });
        log.warn("the controller of request {} could not be called back: {}", one.subjectId(), answer.error());
    }
}
