package io.expunge.console;

import io.expunge.access.Users;
import io.expunge.api.AuditApi;
import io.expunge.api.AuditEntry;
import io.expunge.api.CertificateApi;
import io.expunge.api.ClockApi;
import io.expunge.api.ClockExtension;
import io.expunge.api.ClockHold;
import io.expunge.api.ClockRefusal;
import io.expunge.api.ErasureApi;
import io.expunge.api.ErasureRequest;
import io.expunge.api.ErasureState;
import io.expunge.api.ErasureTarget;
import io.expunge.api.NoticeOutcome;
import io.expunge.api.NoticesApi;
import io.expunge.api.RunsApi;
import io.expunge.audit.Actor;
import io.expunge.evidence.Verdicts;
import io.expunge.intake.Sources;
import io.expunge.run.RunState;
import io.expunge.run.Runs;
import io.expunge.shared.Problem;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** One request: how far it is, what its deadline is, and what a person may decide on it. */
@Controller
class RequestPage {

    private static final String PAGE = "/console/requests/{id}";
    private static final int ENTRIES = 200;

    private final ErasureApi requests;
    private final ClockApi clocks;
    private final RunsApi runs;
    private final AuditApi audit;
    private final CertificateApi certificates;
    private final NoticesApi notices;
    private final Sources sources;
    private final Users users;
    private final ModelNames names;
    private final Verdicts verdicts;
    private final Runs states;
    private final Show show;
    private final Clock clock;

    RequestPage(
            ErasureApi requests,
            ClockApi clocks,
            RunsApi runs,
            AuditApi audit,
            CertificateApi certificates,
            NoticesApi notices,
            Sources sources,
            Users users,
            ModelNames names,
            Verdicts verdicts,
            Runs states,
            Show show,
            Clock clock) {
        this.requests = requests;
        this.clocks = clocks;
        this.runs = runs;
        this.audit = audit;
        this.certificates = certificates;
        this.notices = notices;
        this.sources = sources;
        this.users = users;
        this.names = names;
        this.verdicts = verdicts;
        this.states = states;
        this.show = show;
        this.clock = clock;
    }

    @GetMapping(PAGE)
    String show(@PathVariable UUID id, Model model) {
        fill(id, model);
        return "console/request";
    }

    /** What changes while the page is open; once nothing will, the whole page is told to load again. */
    @GetMapping(PAGE + "/part")
    String part(@PathVariable UUID id, Model model, HttpServletResponse response) {
        if (ended(fill(id, model))) {
            response.setHeader("HX-Refresh", "true");
        }
        return "console/request :: part";
    }

    private ErasureRequest fill(UUID id, Model model) {
        var actor = Actor.current();
        var request = Objects.requireNonNull(requests.getErasureRequest(id).getBody());
        model.addAttribute("request", request);
        model.addAttribute("title", "Request " + show.id(id));
        model.addAttribute("clock", clocks.getRequestClock(id).getBody());
        model.addAttribute("models", names.all());
        model.addAttribute("source", sources.protocols(List.of(id)).get(id));
        model.addAttribute("milestones", Milestone.of(request));
        model.addAttribute("open", request.getCompletedAt() == null && !ended(request));
        var targets = request.getTargets();
        model.addAttribute(
                "withdrawable",
                targets.stream().noneMatch(target -> target.getState() == ErasureTarget.StateEnum.IN_RUN));
        model.addAttribute("awaiting", awaiting(targets));
        model.addAttribute("nowLocal", Typed.local(clock.instant()));
        model.addAttribute("reasons", ClockExtension.ReasonEnum.values());
        model.addAttribute("holds", ClockHold.GroundEnum.values());
        model.addAttribute("refusals", ClockRefusal.GroundEnum.values());
        model.addAttribute("outcomes", NoticeOutcome.StateEnum.values());
        boolean officer = actor.has("PRIVACY_OFFICER");
        if (officer || actor.has("AUDITOR")) {
            var trail = trail(request);
            model.addAttribute("trail", trail);
            model.addAttribute(
                    "who", users.names(trail.stream().map(AuditEntry::getActor).toList()));
            model.addAttribute(
                    "certificates", certificates.listCertificatesOfRequest(id).getBody());
            model.addAttribute("notices", notices.listNotices(id).getBody());
            model.addAttribute("byProducts", runs.listByProductsOfRequest(id).getBody());
            model.addAttribute(
                    "verdicts",
                    verdicts.ofRuns(targets.stream()
                            .map(ErasureTarget::getRunId)
                            .filter(Objects::nonNull)
                            .toList()));
            model.addAttribute(
                    "served",
                    targets.stream()
                            .map(target -> names.one(target.getModelId()).getChampion())
                            .filter(Objects::nonNull)
                            .toList());
        }
        return request;
    }

    /** The runs for it that wait for somebody's decision. */
    private List<UUID> awaiting(List<ErasureTarget> targets) {
        return targets.stream()
                .filter(target -> target.getState() == ErasureTarget.StateEnum.IN_RUN)
                .map(ErasureTarget::getRunId)
                .filter(Objects::nonNull)
                .distinct()
                .filter(run -> states.run(run).state() == RunState.AWAITING_APPROVAL)
                .toList();
    }

    private static boolean ended(ErasureRequest request) {
        return switch (request.getState()) {
            case COMPLETED, CANCELLED, REFUSED, NO_MATCH -> true;
            default -> false;
        };
    }

    /** What the log has on the request and its runs, in the order in which it happened. */
    private List<AuditEntry> trail(ErasureRequest request) {
        var all = new ArrayList<>(entries(request.getId()));
        request.getTargets().stream()
                .map(ErasureTarget::getRunId)
                .filter(Objects::nonNull)
                .distinct()
                .forEach(run -> all.addAll(entries(run)));
        all.sort(Comparator.comparing(AuditEntry::getAt).thenComparing(AuditEntry::getId));
        return all;
    }

    private List<AuditEntry> entries(UUID subject) {
        return Objects.requireNonNull(
                        audit.listAuditEntries(null, ENTRIES, subject).getBody())
                .getItems();
    }

    /** Whom the request names; that somebody looked is in the log. */
    @PreAuthorize("hasRole('PRIVACY_OFFICER')")
    @PostMapping(PAGE + "/people")
    String people(@PathVariable UUID id, Model model) {
        fill(id, model);
        try {
            model.addAttribute(
                    "people",
                    Objects.requireNonNull(requests.getRequestSubjects(id).getBody())
                            .getSubjects());
        } catch (Problem problem) {
            model.addAttribute("refused", Refused.sentence(problem));
        }
        return "console/request";
    }

    @PostMapping(PAGE + "/acknowledge")
    String acknowledge(@PathVariable UUID id, RedirectAttributes flash) {
        return act(id, flash, "Receipt is confirmed.", Map.of(), () -> clocks.acknowledgeErasureRequest(id));
    }

    @PostMapping(PAGE + "/extend")
    String extend(
            @PathVariable UUID id,
            @RequestParam(required = false) ClockExtension.@Nullable ReasonEnum reason,
            @RequestParam String notifiedAt,
            RedirectAttributes flash) {
        var typed = Map.of("reason", reason == null ? "" : reason.name(), "notifiedAt", notifiedAt);
        return act(id, flash, "The period is extended.", typed, () -> {
            if (reason == null) {
                throw Problem.invalid("reason", "must be chosen");
            }
            clocks.extendErasureRequest(id, new ClockExtension(reason, Typed.time("notifiedAt", notifiedAt)));
        });
    }

    @PostMapping(PAGE + "/hold")
    String hold(
            @PathVariable UUID id,
            @RequestParam(required = false) ClockHold.@Nullable GroundEnum holdGround,
            RedirectAttributes flash) {
        return act(id, flash, "The request is held; its deadline stays.", Map.of(), () -> {
            if (holdGround == null) {
                throw Problem.invalid("holdGround", "must be chosen");
            }
            clocks.holdErasureRequest(id, new ClockHold(holdGround));
        });
    }

    @PostMapping(PAGE + "/release")
    String release(@PathVariable UUID id, RedirectAttributes flash) {
        return act(id, flash, "The hold has ended.", Map.of(), () -> clocks.releaseErasureRequest(id));
    }

    @PostMapping(PAGE + "/refuse")
    String refuse(
            @PathVariable UUID id,
            @RequestParam(required = false) ClockRefusal.@Nullable GroundEnum refusalGround,
            RedirectAttributes flash) {
        return act(id, flash, "The request is refused.", Map.of(), () -> {
            if (refusalGround == null) {
                throw Problem.invalid("refusalGround", "must be chosen");
            }
            clocks.refuseErasureRequest(id, new ClockRefusal(refusalGround));
        });
    }

    @PostMapping(PAGE + "/cancel")
    String cancel(@PathVariable UUID id, RedirectAttributes flash) {
        return act(id, flash, "The request is withdrawn.", Map.of(), () -> requests.cancelErasureRequest(id));
    }

    @PostMapping(PAGE + "/certify")
    String certify(@PathVariable UUID id, RedirectAttributes flash) {
        return act(
                id,
                flash,
                "It is certified that no model knows whom the request names.",
                Map.of(),
                () -> certificates.certifyNotKnown(id));
    }

    @PostMapping(PAGE + "/recipients/{recipient}")
    String told(
            @PathVariable UUID id,
            @PathVariable UUID recipient,
            @RequestParam NoticeOutcome.StateEnum outcome,
            RedirectAttributes flash) {
        return act(
                id,
                flash,
                "What came of the notice is recorded.",
                Map.of(),
                () -> notices.decideNotice(id, recipient, new NoticeOutcome(outcome)));
    }

    private static String act(
            UUID id, RedirectAttributes flash, String done, Map<String, String> typed, Runnable action) {
        return Refused.act(flash, "/console/requests/" + id, done, typed, action);
    }

    /** A place on the way of a request. */
    record Milestone(String name, String state) {

        static List<Milestone> of(ErasureRequest request) {
            var state = request.getState();
            if (state == ErasureState.REFUSED || state == ErasureState.CANCELLED) {
                return List.of(new Milestone("Received", "done"), new Milestone(word(state), "stopped"));
            }
            if (state == ErasureState.NO_MATCH) {
                return List.of(
                        new Milestone("Received", "done"), new Milestone("Nobody found", "done"), shredded(request));
            }
            boolean found = state != ErasureState.RECEIVED;
            boolean work = state == ErasureState.IN_PROGRESS || state == ErasureState.ATTENTION;
            boolean complete = state == ErasureState.COMPLETED;
            boolean running = request.getTargets().stream().anyMatch(target -> target.getRunId() != null);
            return List.of(
                    new Milestone("Received", "done"),
                    new Milestone("Records found", found ? "done" : "now"),
                    new Milestone("Run queued", running || complete ? "done" : found ? "now" : "later"),
                    new Milestone(
                            state == ErasureState.ATTENTION ? "Needs a person" : "Unlearned and measured",
                            complete ? "done" : state == ErasureState.ATTENTION ? "stopped" : work ? "now" : "later"),
                    new Milestone("Published", complete ? "done" : "later"),
                    shredded(request));
        }

        private static Milestone shredded(ErasureRequest request) {
            return new Milestone("Personal data shredded", request.getShreddedAt() == null ? "later" : "done");
        }

        private static String word(ErasureState state) {
            return state == ErasureState.REFUSED ? "Refused" : "Withdrawn";
        }
    }
}
