package io.expunge.console;

import io.expunge.access.Users;
import io.expunge.api.ClockApi;
import io.expunge.api.ClockExtension;
import io.expunge.api.ClockHold;
import io.expunge.api.Decision;
import io.expunge.api.ErasureApi;
import io.expunge.api.ErasureTarget;
import io.expunge.api.EvidenceApi;
import io.expunge.erasure.RequestBoard;
import io.expunge.evidence.Verdicts;
import io.expunge.intake.Sources;
import io.expunge.shared.Problem;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Requests: looked through, exported, and decided on many at a time. */
@Controller
class RequestPages {

    private static final String PAGE = "/console/requests";
    private static final int ROWS = 50;
    private static final int EXPORTED = 500;

    private final RequestBoard board;
    private final ErasureApi requests;
    private final ClockApi clocks;
    private final EvidenceApi evidence;
    private final Verdicts verdicts;
    private final Sources sources;
    private final Users users;

    RequestPages(
            RequestBoard board,
            ErasureApi requests,
            ClockApi clocks,
            EvidenceApi evidence,
            Verdicts verdicts,
            Sources sources,
            Users users) {
        this.board = board;
        this.requests = requests;
        this.clocks = clocks;
        this.evidence = evidence;
        this.verdicts = verdicts;
        this.sources = sources;
        this.users = users;
    }

    @GetMapping(PAGE)
    String list(
            @RequestParam(defaultValue = "OPEN") RequestBoard.View view,
            @RequestParam(required = false) RequestBoard.@Nullable Order order,
            @RequestParam(required = false) @Nullable String place,
            Model model) {
        var sorted = order == null ? usual(view) : order;
        var rows = board.list(view, sorted, place, ROWS);
        model.addAttribute("rows", rows);
        model.addAttribute("view", view);
        model.addAttribute("views", RequestBoard.View.values());
        model.addAttribute("order", sorted);
        model.addAttribute("first", place == null);
        model.addAttribute("counts", board.counts());
        model.addAttribute("counted", RequestBoard.COUNTED);
        model.addAttribute("grounds", ClockHold.GroundEnum.values());
        model.addAttribute("reasons", ClockExtension.ReasonEnum.values());
        var ids = rows.items().stream().map(RequestBoard.Row::id).toList();
        model.addAttribute("sources", sources.protocols(ids));
        model.addAttribute("verdicts", verdicts.ofRequests(ids));
        model.addAttribute(
                "who",
                users.names(rows.items().stream()
                        .map(RequestBoard.Row::submitter)
                        .distinct()
                        .toList()));
        return "console/requests";
    }

    private static RequestBoard.Order usual(RequestBoard.View view) {
        return switch (view) {
            case COMPLETED, NO_MATCH, CANCELLED, REFUSED, ALL -> RequestBoard.Order.NEWEST;
            default -> RequestBoard.Order.DUE_FIRST;
        };
    }

    /** All rows of a view, as they come from the database: a million need no memory here. */
    @GetMapping(PAGE + "/export")
    void export(
            @RequestParam(defaultValue = "OPEN") RequestBoard.View view,
            @RequestParam(required = false) RequestBoard.@Nullable Order order,
            HttpServletResponse response)
            throws IOException {
        var sorted = order == null ? usual(view) : order;
        var rows = board.list(view, sorted, null, EXPORTED);
        response.setContentType("text/csv;charset=UTF-8");
        response.setHeader(
                "Content-Disposition",
                "attachment; filename=\"requests-" + view.name().toLowerCase(java.util.Locale.ROOT) + ".csv\"");
        try (var out = new CSVPrinter(
                new OutputStreamWriter(response.getOutputStream(), StandardCharsets.UTF_8), CSVFormat.RFC4180)) {
            out.printRecord("id", "state", "regulation", "received", "due", "ended", "people", "records", "held");
            while (true) {
                for (var row : rows.items()) {
                    out.printRecord(
                            row.id(),
                            row.state(),
                            row.regulation(),
                            row.receivedAt(),
                            row.dueAt(),
                            row.endedAt(),
                            row.people(),
                            row.records(),
                            row.held());
                }
                if (rows.next() == null) {
                    return;
                }
                rows = board.list(view, sorted, rows.next(), EXPORTED);
            }
        }
    }

    /** What is done with each of several requests. */
    enum Bulk {
        ACKNOWLEDGE,
        EXTEND,
        HOLD,
        RELEASE,
        APPROVE
    }

    @PreAuthorize("hasRole('PRIVACY_OFFICER')")
    @PostMapping(PAGE + "/bulk")
    String bulk(
            @RequestParam(required = false) @Nullable List<UUID> ids,
            @RequestParam Bulk what,
            @RequestParam(required = false) ClockHold.@Nullable GroundEnum ground,
            @RequestParam(required = false) ClockExtension.@Nullable ReasonEnum reason,
            @RequestParam(defaultValue = "") String told,
            @RequestParam(defaultValue = "OPEN") RequestBoard.View view,
            RedirectAttributes flash) {
        var back = PAGE + "?view=" + view;
        if (ids == null) {
            flash.addFlashAttribute("refused", "Choose the requests first, by the boxes before them.");
            return "redirect:" + back;
        }
        var refused = new ArrayList<String>();
        int done = 0;
        for (var id : ids) {
            try {
                one(id, what, ground, reason, told);
                done++;
            } catch (Problem problem) {
                refused.add(Refused.sentence(problem));
            }
        }
        if (done > 0) {
            flash.addFlashAttribute("done", done == 1 ? "Done for one request." : "Done for " + done + " requests.");
        }
        if (!refused.isEmpty()) {
            flash.addFlashAttribute(
                    "refused",
                    refused.size() + " refused. " + String.join(" ", refused.subList(0, Math.min(5, refused.size()))));
        }
        return "redirect:" + back;
    }

    private void one(
            UUID id,
            Bulk what,
            ClockHold.@Nullable GroundEnum ground,
            ClockExtension.@Nullable ReasonEnum reason,
            String told) {
        switch (what) {
            case ACKNOWLEDGE -> clocks.acknowledgeErasureRequest(id);
            case RELEASE -> clocks.releaseErasureRequest(id);
            case HOLD -> {
                if (ground == null) {
                    throw Problem.invalid("ground", "must be chosen");
                }
                clocks.holdErasureRequest(id, new ClockHold(ground));
            }
            case EXTEND -> {
                if (reason == null) {
                    throw Problem.invalid("reason", "must be chosen");
                }
                clocks.extendErasureRequest(id, new ClockExtension(reason, Typed.time("told", told)));
            }
            case APPROVE -> approve(id);
        }
    }

    private void approve(UUID id) {
        var waiting = Objects.requireNonNull(requests.getErasureRequest(id).getBody()).getTargets().stream()
                .filter(target -> target.getState() == ErasureTarget.StateEnum.IN_RUN)
                .map(ErasureTarget::getRunId)
                .distinct()
                .toList();
        if (waiting.isEmpty()) {
            throw Problem.conflict("nothing-to-decide", "request " + id + " has no run that awaits a decision");
        }
        waiting.forEach(run -> evidence.approveRun(run, new Decision("approved with others")));
    }
}
