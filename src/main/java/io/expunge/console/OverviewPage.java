package io.expunge.console;

import io.expunge.access.Users;
import io.expunge.api.AuditApi;
import io.expunge.api.AuditEntry;
import io.expunge.api.DeadlineForecast;
import io.expunge.api.Evidence;
import io.expunge.api.EvidenceApi;
import io.expunge.api.QueueForecast;
import io.expunge.api.Run;
import io.expunge.api.RunState;
import io.expunge.api.RunsApi;
import io.expunge.api.Worker;
import io.expunge.audit.Actor;
import io.expunge.erasure.RequestBoard;
import io.expunge.shared.Problem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.http.ResponseEntity;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** What is due and whether it will be done in time, what runs, what came of it, and whether the log holds. */
@Controller
class OverviewPage {

    private static final int SOME = 6;
    private static final int RECENT_RUNS = 25;
    private static final int ACTIVITY = 8;
    private static final Duration FORECAST_KEPT = Duration.ofSeconds(15);

    private final RequestBoard board;
    private final RunsApi runs;
    private final EvidenceApi evidence;
    private final AuditApi audit;
    private final Users users;
    private final ModelNames names;
    private final LastVerification last;
    private final Clock clock;
    private final Map<UUID, Kept> forecasts = new ConcurrentHashMap<>();

    OverviewPage(
            RequestBoard board,
            RunsApi runs,
            EvidenceApi evidence,
            AuditApi audit,
            Users users,
            ModelNames names,
            LastVerification last,
            Clock clock) {
        this.board = board;
        this.runs = runs;
        this.evidence = evidence;
        this.audit = audit;
        this.users = users;
        this.names = names;
        this.last = last;
        this.clock = clock;
    }

    private record Kept(QueueForecast forecast, Instant until) {}

    /** How a run was judged. */
    record Verdict(Run run, Evidence evidence) {}

    @GetMapping("/console")
    String overview(Model model) {
        var actor = Actor.current();
        if (!Menu.OVERVIEW.open(actor)) {
            return "redirect:/console/forget";
        }
        fill(model, actor);
        return "console/overview";
    }

    /** The same without what is around it, for a page that stays open. */
    @GetMapping("/console/overview/board")
    String board(Model model) {
        fill(model, Actor.current());
        return "console/overview :: board";
    }

    /** Reckoned apart, since it takes all open requests into account. */
    @PreAuthorize("hasAnyRole('PRIVACY_OFFICER', 'ENGINEER', 'AUDITOR', 'ADMIN')") // a kept one asks nobody
    @GetMapping("/console/overview/forecast")
    String forecast(Model model) {
        var forecast = forecast();
        model.addAttribute("forecast", forecast);
        model.addAttribute(
                "late",
                forecast.getRequests().stream()
                        .filter(DeadlineForecast::getLate)
                        .limit(SOME)
                        .toList());
        return "console/overview :: forecast";
    }

    private QueueForecast forecast() {
        var controller = Actor.current().controller();
        var kept = forecasts.get(controller);
        var now = clock.instant();
        if (kept == null || now.isAfter(kept.until())) {
            kept = new Kept(
                    Objects.requireNonNull(runs.getForecast().getBody()),
                    clock.instant().plus(FORECAST_KEPT));
            forecasts.put(controller, kept);
        }
        return kept.forecast();
    }

    private void fill(Model model, Actor actor) {
        model.addAttribute("now", clock.instant());
        if (actor.has("PRIVACY_OFFICER") || actor.has("AUDITOR")) {
            model.addAttribute("counts", board.counts());
            model.addAttribute(
                    "urgent",
                    board.list(RequestBoard.View.OPEN, RequestBoard.Order.DUE_FIRST, null, SOME)
                            .items());
        }
        if (actor.has("ENGINEER") || actor.has("PRIVACY_OFFICER") || actor.has("AUDITOR")) {
            work(model);
        }
        if (actor.has("ADMIN") || actor.has("PRIVACY_OFFICER") || actor.has("AUDITOR")) {
            var checkpoints = body(audit.listCheckpoints());
            model.addAttribute("verified", last.of(actor.controller()));
            model.addAttribute("checkpoint", checkpoints.isEmpty() ? null : checkpoints.getFirst());
            var activity = Objects.requireNonNull(
                            audit.listAuditEntries(null, ACTIVITY, null).getBody())
                    .getItems();
            model.addAttribute("activity", activity);
            model.addAttribute(
                    "who",
                    users.names(activity.stream().map(AuditEntry::getActor).toList()));
        }
    }

    private void work(Model model) {
        model.addAttribute("running", some(RunState.RUNNING));
        model.addAttribute("awaiting", some(RunState.AWAITING_APPROVAL));
        model.addAttribute("queued", runsIn(RunState.QUEUED, RECENT_RUNS));
        var workers = body(runs.listWorkers());
        model.addAttribute("workers", workers.stream().filter(Worker::getAlive).toList());
        model.addAttribute("models", names.all());
        model.addAttribute(
                "verdicts",
                Objects.requireNonNull(
                                runs.listRuns(null, RECENT_RUNS, null, null).getBody())
                        .getItems()
                        .stream()
                        .filter(run -> run.getKind() == Run.KindEnum.UNLEARNING
                                || run.getKind() == Run.KindEnum.DEMEMORISATION)
                        .limit(SOME)
                        .map(run -> new Verdict(run, evidenceOf(run.getId())))
                        .filter(verdict -> verdict.evidence().getMeasuredAt() != null)
                        .toList());
    }

    private Evidence evidenceOf(UUID run) {
        try {
            return Objects.requireNonNull(evidence.getEvidence(run).getBody());
        } catch (Problem none) {
            return new Evidence();
        }
    }

    private List<Run> some(RunState state) {
        return runsIn(state, SOME);
    }

    private List<Run> runsIn(RunState state, int most) {
        return Objects.requireNonNull(runs.listRuns(null, most, state, null).getBody())
                .getItems();
    }

    private static <T> List<T> body(ResponseEntity<List<T>> answer) {
        return Objects.requireNonNull(answer.getBody());
    }
}
