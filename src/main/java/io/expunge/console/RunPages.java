package io.expunge.console;

import io.expunge.access.Users;
import io.expunge.api.AuditApi;
import io.expunge.api.AuditEntry;
import io.expunge.api.Decision;
import io.expunge.api.Evidence;
import io.expunge.api.EvidenceApi;
import io.expunge.api.LossCurve;
import io.expunge.api.NewUnlearningRun;
import io.expunge.api.PriorityChange;
import io.expunge.api.Run;
import io.expunge.api.RunPriority;
import io.expunge.api.RunState;
import io.expunge.api.RunsApi;
import io.expunge.audit.Actor;
import io.expunge.evidence.Verdicts;
import io.expunge.shared.Problem;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import tools.jackson.databind.json.JsonMapper;

/** Runs, one of them as it goes on, and what was measured on it. */
@Controller
class RunPages {

    private static final String PAGE = "/console/runs";
    private static final String MAY_ORDER = "hasAnyRole('ENGINEER', 'PRIVACY_OFFICER')";
    private static final Set<RunState> WAITING =
            EnumSet.of(RunState.QUEUED, RunState.RETRYING, RunState.AWAITING_SHARDS);
    private static final int ROWS = 50;
    private static final int ENTRIES = 200;

    private final RunsApi runs;
    private final EvidenceApi evidence;
    private final AuditApi audit;
    private final Users users;
    private final ModelNames names;
    private final Verdicts verdicts;
    private final MethodForms methods;
    private final Show show;
    private final JsonMapper json;

    RunPages(
            RunsApi runs,
            EvidenceApi evidence,
            AuditApi audit,
            Users users,
            ModelNames names,
            Verdicts verdicts,
            MethodForms methods,
            Show show,
            JsonMapper json) {
        this.runs = runs;
        this.evidence = evidence;
        this.audit = audit;
        this.users = users;
        this.names = names;
        this.verdicts = verdicts;
        this.methods = methods;
        this.show = show;
        this.json = json.rebuild()
                .enable(tools.jackson.databind.SerializationFeature.INDENT_OUTPUT)
                .build();
    }

    @GetMapping(PAGE)
    String list(
            @RequestParam(required = false) @Nullable RunState state,
            @RequestParam(required = false) @Nullable UUID modelId,
            @RequestParam(required = false) @Nullable String cursor,
            Model model) {
        var page = Answer.of(runs.listRuns(cursor, ROWS, state, modelId));
        model.addAttribute("page", page);
        model.addAttribute(
                "verdicts",
                verdicts.ofRuns(page.getItems().stream().map(Run::getId).toList()));
        model.addAttribute("models", names.all());
        model.addAttribute("states", RunState.values());
        model.addAttribute("state", state);
        model.addAttribute("modelId", modelId);
        model.addAttribute("first", cursor == null);
        return "console/runs";
    }

    @PreAuthorize(MAY_ORDER)
    @GetMapping(PAGE + "/order")
    String order(Model model) {
        model.addAttribute("models", names.all());
        model.addAttribute("methods", methods.all());
        return "console/run-order";
    }

    /** Orders a run for whatever waits for a model. The form was made from the contract, and so is what it says. */
    @PreAuthorize(MAY_ORDER)
    @PostMapping(PAGE)
    String order(
            @RequestParam UUID modelId,
            @RequestParam(defaultValue = "") String method,
            @RequestParam Map<String, String> typed,
            RedirectAttributes flash) {
        try {
            var order = new NewUnlearningRun(modelId);
            if (!method.isEmpty()) {
                order.method(methods.read(method, typed));
            }
            var run = Answer.of(evidence.startUnlearning(order, typed.get("key")));
            flash.addFlashAttribute("done", "The run is queued. Its thresholds are fixed from here on.");
            return "redirect:" + PAGE + "/" + run.getId();
        } catch (Problem problem) {
            return Refused.act(flash, PAGE + "/order", "", typed, () -> {
                throw problem;
            });
        }
    }

    @GetMapping(PAGE + "/{id}")
    String show(@PathVariable UUID id, Model model) {
        fill(id, model);
        return "console/run";
    }

    /** What changes while the page is open. */
    @GetMapping(PAGE + "/{id}/part")
    String part(@PathVariable UUID id, Model model) {
        fill(id, model);
        return "console/run :: part";
    }

    private Run fill(UUID id, Model model) {
        var actor = Actor.current();
        var run = Answer.of(runs.getRun(id));
        model.addAttribute("run", run);
        model.addAttribute("title", "Run " + show.id(id));
        model.addAttribute("modelName", names.one(run.getModelId()).getName());
        model.addAttribute("live", run.getEndedAt() == null);
        model.addAttribute("waits", WAITING.contains(run.getState()));
        model.addAttribute("priorities", RunPriority.values());
        model.addAttribute("method", run.getMethod() == null ? null : json.writeValueAsString(run.getMethod()));
        model.addAttribute("byProducts", Answer.of(runs.listByProducts(id)));
        model.addAttribute("evidence", evidenceOf(run));
        model.addAttribute("stages", Stages.of(run));
        if (actor.has("PRIVACY_OFFICER") || actor.has("AUDITOR") || actor.has("ADMIN")) {
            var trail = Answer.of(audit.listAuditEntries(null, ENTRIES, id)).getItems();
            model.addAttribute("trail", trail);
            model.addAttribute(
                    "who", users.names(trail.stream().map(AuditEntry::getActor).toList()));
        }
        return run;
    }

    private @Nullable Evidence evidenceOf(Run run) {
        if (run.getKind() != Run.KindEnum.UNLEARNING && run.getKind() != Run.KindEnum.DEMEMORISATION) {
            return null;
        }
        try {
            return Answer.of(evidence.getEvidence(run.getId()));
        } catch (Problem none) {
            return null;
        }
    }

    /** State and progress as they change, for as long as the run goes on or the page is open. */
    @GetMapping(PAGE + "/{id}/events")
    @Nullable ResponseEntity<String> events(
            @PathVariable UUID id, @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String last) {
        return runs.streamRun(id, last);
    }

    @GetMapping(PAGE + "/{id}/curves")
    @ResponseBody
    List<LossCurve> curves(@PathVariable UUID id) {
        return Answer.of(runs.listCurves(id));
    }

    @PostMapping(PAGE + "/{id}/cancel")
    String cancel(@PathVariable UUID id, RedirectAttributes flash) {
        return Refused.act(
                flash,
                PAGE + "/" + id,
                "A stop is asked for; it comes within one step.",
                Map.of(),
                () -> runs.cancelRun(id));
    }

    @PostMapping(PAGE + "/{id}/retry")
    String retry(@PathVariable UUID id, RedirectAttributes flash) {
        return Refused.act(
                flash,
                PAGE + "/" + id,
                "The run is queued again; it goes on from its last checkpoint.",
                Map.of(),
                () -> runs.retryRun(id));
    }

    @PostMapping(PAGE + "/{id}/priority")
    String prioritise(@PathVariable UUID id, @RequestParam String priority, RedirectAttributes flash) {
        return Refused.act(
                flash,
                PAGE + "/" + id,
                "The run has another place in the queue.",
                Map.of("priority", priority),
                () -> runs.setRunPriority(id, new PriorityChange(priority(priority))));
    }

    private static RunPriority priority(String typed) {
        try {
            return RunPriority.fromValue(typed);
        } catch (IllegalArgumentException e) {
            throw Problem.invalid("priority", "must be low, normal or high");
        }
    }

    @GetMapping(PAGE + "/{id}/evidence")
    String evidence(@PathVariable UUID id, Model model) {
        var run = Answer.of(runs.getRun(id));
        var found = Answer.of(evidence.getEvidence(id));
        model.addAttribute("run", run);
        model.addAttribute("title", "Evidence on run " + show.id(id));
        model.addAttribute("modelName", names.one(run.getModelId()).getName());
        model.addAttribute("evidence", found);
        model.addAttribute(
                "drawings", found.getMeasurements().stream().map(Drawing::of).toList());
        var distributions = found.getDistributions();
        model.addAttribute("distributions", distributions == null ? null : DistributionDrawing.of(distributions));
        model.addAttribute("short", InShort.of(found, show));
        model.addAttribute("certificate", verdicts.certificate(id).orElse(null));
        model.addAttribute("decidable", run.getState() == RunState.AWAITING_APPROVAL);
        var self = Actor.current().name();
        model.addAttribute(
                "mine", self.equals(found.getStartedBy()) || found.getFiledBy().contains(self));
        model.addAttribute(
                "who",
                users.names(java.util.stream.Stream.of(found.getStartedBy(), found.getDecidedBy())
                        .filter(java.util.Objects::nonNull)
                        .toList()));
        return "console/evidence";
    }

    /** @param known that it did not pass; without that, only what passed is published */
    @PreAuthorize("hasRole('PRIVACY_OFFICER')") // before anything is said of its verdict
    @PostMapping(PAGE + "/{id}/approve")
    String approve(
            @PathVariable UUID id, @RequestParam(defaultValue = "false") boolean known, RedirectAttributes flash) {
        return Refused.act(
                flash,
                PAGE + "/" + id + "/evidence",
                "Approved. The version is published and the certificate issued in a moment.",
                Map.of(),
                () -> {
                    if (!known && Answer.of(evidence.getEvidence(id)).getVerdict() != Evidence.VerdictEnum.PASSED) {
                        throw Problem.invalid("known", "must be ticked, since the verdict is not passed");
                    }
                    evidence.approveRun(id, new Decision("approved in the console"));
                });
    }

    @PostMapping(PAGE + "/{id}/reject")
    String reject(@PathVariable UUID id, RedirectAttributes flash) {
        return Refused.act(
                flash,
                PAGE + "/" + id + "/evidence",
                "Rejected. The candidate is discarded; its requests need a person.",
                Map.of(),
                () -> evidence.rejectRun(id, new Decision("rejected in the console")));
    }
}
