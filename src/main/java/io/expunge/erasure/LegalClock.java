package io.expunge.erasure;

import io.expunge.api.ClockExtension;
import io.expunge.api.ClockHold;
import io.expunge.api.ClockRefusal;
import io.expunge.api.RequestClock;
import io.expunge.audit.Actor;
import io.expunge.audit.AuditLog;
import io.expunge.shared.Problem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What a privacy officer may decide on a request's deadline; each decision is audited, none stops the clock. */
@Service
class LegalClock {

    private static final String OFFICER = "hasRole('PRIVACY_OFFICER')";

    private final RequestRepository requests;
    private final TargetRepository targets;
    private final ClockTable table;
    private final AuditLog audit;
    private final Clock clock;

    LegalClock(RequestRepository requests, TargetRepository targets, ClockTable table, AuditLog audit, Clock clock) {
        this.requests = requests;
        this.targets = targets;
        this.table = table;
        this.audit = audit;
        this.clock = clock;
    }

    @PreAuthorize("hasAnyRole('INTAKE', 'PRIVACY_OFFICER', 'AUDITOR')")
    @Transactional(readOnly = true)
    RequestClock show(UUID id) {
        return view(own(id));
    }

    /** Receipt was confirmed to the person. */
    @PreAuthorize("hasAnyRole('INTAKE', 'PRIVACY_OFFICER')")
    @Transactional
    RequestClock acknowledge(UUID id) {
        var request = lock(id);
        var entry = table.find(id);
        if (entry.acknowledgedAt() == null) {
            table.save(request.controllerId(), entry.acknowledged(clock.instant()));
            say(request, "acknowledged", Map.of());
        }
        return view(request);
    }

    /**
     * Extends the period, once, inside the first one, after the person was told of it and why.
     *
     * @throws Problem if it is too late, was done before, or the person was not told in time
     */
    @PreAuthorize(OFFICER)
    @Transactional
    RequestClock extend(UUID id, ClockExtension asked) {
        var request = open(id);
        var entry = table.find(id);
        var now = clock.instant();
        if (entry.extendedAt() != null) {
            throw Problem.conflict("already-extended", "the period of request " + id + " was extended already");
        }
        if (!now.isBefore(request.dueAt())) {
            throw Problem.conflict(
                    "period-over", "the first period of request " + id + " is over; it can be extended only inside it");
        }
        var notified = asked.getNotifiedAt().toInstant();
        if (notified.isAfter(now)) {
            throw Problem.invalid("notifiedAt", "must not be in the future: tell the person first");
        }
        if (notified.isBefore(request.submittedAt())) {
            throw Problem.invalid("notifiedAt", "must not be before the request was received");
        }
        var first = request.dueAt();
        request.postpone(request.regulation()
                .extended(request.submittedAt(), Actor.current().zone()));
        requests.save(request);
        table.save(
                request.controllerId(), entry.extended(first, asked.getReason().getValue(), notified, now));
        say(
                request,
                "extended",
                Map.of(
                        "reason", asked.getReason().getValue(),
                        "notified", notified.toString(),
                        "due", request.dueAt().toString()));
        return view(request);
    }

    /** Keeps the request from being carried out; its deadline stays. */
    @PreAuthorize(OFFICER)
    @Transactional
    RequestClock hold(UUID id, ClockHold asked) {
        var request = idle(id);
        var entry = table.find(id);
        if (entry.holdGround() != null) {
            throw Problem.conflict("already-held", "request " + id + " is held already");
        }
        table.save(request.controllerId(), entry.held(asked.getGround().getValue(), clock.instant()));
        say(request, "held", Map.of("ground", asked.getGround().getValue()));
        return view(request);
    }

    @PreAuthorize(OFFICER)
    @Transactional
    RequestClock release(UUID id) {
        var request = open(id);
        var entry = table.find(id);
        if (entry.holdGround() == null) {
            throw Problem.conflict("not-held", "request " + id + " is not held");
        }
        table.save(request.controllerId(), entry.held(null, null));
        say(request, "released", Map.of("ground", entry.holdGround()));
        return view(request);
    }

    /** Ends the request without erasure, on a ground that the law knows. */
    @PreAuthorize(OFFICER)
    @Transactional
    RequestClock refuse(UUID id, ClockRefusal asked) {
        var request = idle(id);
        var ground = asked.getGround().getValue();
        var before = request.become(RequestState.REFUSED, clock.instant());
        requests.save(request);
        table.save(request.controllerId(), table.find(id).refused(ground, clock.instant()));
        say(request, "refused", Map.of("ground", ground, "from", before.name()));
        return view(request);
    }

    private void say(RequestEntity request, String what, Map<String, ?> details) {
        audit.append(Actor.current(), "erasure." + what, "erasure-request", request.id(), details);
    }

    private RequestEntity own(UUID id) {
        return requests.findByIdAndControllerId(id, Actor.current().controller())
                .orElseThrow(() -> Problem.notFound("erasure request", id));
    }

    /** Locked before it is read: what was read earlier may have been resolved meanwhile. */
    private RequestEntity lock(UUID id) {
        return requests.lock(List.of(id)).stream()
                .filter(request -> request.controllerId().equals(Actor.current().controller()))
                .findFirst()
                .orElseThrow(() -> Problem.notFound("erasure request", id));
    }

    private RequestEntity open(UUID id) {
        var request = lock(id);
        if (!request.state().open()) {
            throw Problem.conflict("request-closed", "request " + id + " is closed");
        }
        return request;
    }

    private RequestEntity idle(UUID id) {
        var request = open(id);
        if (targets.findByRequestId(id).stream().anyMatch(target -> target.state() == TargetEntity.State.IN_RUN)) {
            throw Problem.conflict("request-in-progress", "a run works on request " + id + "; cancel the run first");
        }
        return request;
    }

    private RequestClock view(RequestEntity request) {
        var entry = table.find(request.id());
        var now = clock.instant();
        var zone = Actor.current().zone();
        boolean open = request.state().open();
        return new RequestClock(
                        request.id(),
                        at(request.submittedAt()),
                        at(request.dueAt()),
                        open && !now.isBefore(request.dueAt()))
                .hoursLeft(open ? Duration.between(now, request.dueAt()).toHours() : null)
                .acknowledgeBy(request.regulation()
                        .acknowledgement(request.submittedAt(), zone)
                        .map(LegalClock::at)
                        .orElse(null))
                .acknowledgedAt(atOrNull(entry.acknowledgedAt()))
                .firstDueAt(atOrNull(entry.firstDueAt()))
                .extendedAt(atOrNull(entry.extendedAt()))
                .extensionReason(entry.extensionReason())
                .notifiedAt(atOrNull(entry.notifiedAt()))
                .holdGround(entry.holdGround())
                .heldAt(atOrNull(entry.heldAt()))
                .refusalGround(entry.refusalGround())
                .refusedAt(atOrNull(entry.refusedAt()));
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static @Nullable OffsetDateTime atOrNull(@Nullable Instant instant) {
        return instant == null ? null : at(instant);
    }
}
