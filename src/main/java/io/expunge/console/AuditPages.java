package io.expunge.console;

import io.expunge.access.Users;
import io.expunge.api.AuditApi;
import io.expunge.api.AuditEntry;
import io.expunge.api.AuditVerification;
import io.expunge.api.KeptCheckpoint;
import io.expunge.audit.Actor;
import io.expunge.shared.Problem;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The audit log: looked through, proven, signed and checked. */
@Controller
class AuditPages {

    private static final String PAGE = "/console/audit";
    private static final int ROWS = 50;
    private static final int CHECKPOINTS = 10;

    private final AuditApi audit;
    private final Users users;
    private final LastVerification last;

    AuditPages(AuditApi audit, Users users, LastVerification last) {
        this.audit = audit;
        this.users = users;
        this.last = last;
    }

    @GetMapping(PAGE)
    String list(
            @RequestParam(defaultValue = "") String subject,
            @RequestParam(defaultValue = "") String before,
            @RequestParam(required = false) @Nullable String cursor,
            Model model) {
        try {
            var about = subject.isBlank() ? null : id(subject.strip());
            var from = cursor == null && !before.isEmpty() ? until(before) : cursor;
            fill(about, from, model);
        } catch (Problem problem) {
            model.addAttribute("errors", Refused.errors(problem));
            fill(null, null, model);
        }
        model.addAttribute("subject", subject);
        model.addAttribute("before", before);
        model.addAttribute("first", cursor == null);
        return "console/audit";
    }

    private void fill(@Nullable UUID about, @Nullable String cursor, Model model) {
        var page = Answer.of(audit.listAuditEntries(cursor, ROWS, about));
        model.addAttribute("page", page);
        model.addAttribute(
                "who",
                users.names(page.getItems().stream()
                        .map(AuditEntry::getActor)
                        .distinct()
                        .toList()));
        var checkpoints = Answer.of(audit.listCheckpoints());
        model.addAttribute(
                "checkpoints", checkpoints.stream().limit(CHECKPOINTS).toList());
        model.addAttribute("keys", Answer.of(audit.listSigningKeys()));
        model.addAttribute("verified", last.of(Actor.current().controller()));
    }

    private static UUID id(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw Problem.invalid("subject", "must be the id of a request, a run, a version or what else was acted on");
        }
    }

    /** Ids of entries begin with their time, so a time is a place in the list. */
    private static String until(String before) {
        var millis = Typed.time("before", before).toInstant().toEpochMilli();
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(new UUID(millis << 16, 0L).toString().getBytes(StandardCharsets.US_ASCII));
    }

    @GetMapping(PAGE + "/{id}/proof")
    String proof(@PathVariable UUID id, Model model) {
        model.addAttribute("id", id);
        model.addAttribute("proof", Answer.of(audit.proveAuditEntry(id)));
        return "console/audit-proof";
    }

    @GetMapping(PAGE + "/{id}/proof.json")
    ResponseEntity<Object> proofFile(@PathVariable UUID id) {
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .header("Content-Disposition", "attachment; filename=\"proof-" + id + ".json\"")
                .body(Answer.of(audit.proveAuditEntry(id)));
    }

    @GetMapping(PAGE + "/checkpoints/{size}")
    ResponseEntity<String> checkpoint(@PathVariable long size) {
        var found = Answer.of(audit.listCheckpoints()).stream()
                .filter(one -> one.getSize() == size)
                .findFirst()
                .orElseThrow(() -> Problem.notFound("checkpoint", size));
        return ResponseEntity.ok()
                .contentType(MediaType.TEXT_PLAIN)
                .header("Content-Disposition", "attachment; filename=\"checkpoint-" + size + ".txt\"")
                .body(found.getCheckpoint());
    }

    @PostMapping(PAGE + "/checkpoints")
    String sign(RedirectAttributes flash) {
        return Refused.act(flash, PAGE + "#checkpoints", java.util.Map.of(), () -> {
            var made = Answer.of(audit.publishCheckpoint());
            return "The log is signed with " + made.getSize() + " entries.";
        });
    }

    /** Walks the whole log; that takes as long as the log is. */
    @PostMapping(PAGE + "/verify")
    String verify(@RequestParam(defaultValue = "") String kept, RedirectAttributes flash) {
        return Refused.act(flash, PAGE, java.util.Map.of("kept", kept), () -> {
            AuditVerification finding = kept.isBlank()
                    ? Answer.of(audit.verifyAuditLog(null, null))
                    : Answer.of(audit.verifyAgainstCheckpoint(new KeptCheckpoint(kept)));
            last.keep(Actor.current().controller(), finding);
            if (!finding.getWhole()) {
                throw new Problem(
                        Problem.Kind.CONFLICT,
                        "log-broken",
                        "the log is not whole: " + finding.getReason()
                                + (finding.getFirstBroken() == null ? "" : ", from entry " + finding.getFirstBroken()));
            }
            return "The log is whole: " + finding.getEntries() + " entries"
                    + (kept.isBlank() ? "." : ", and it begins with what the checkpoint signed.");
        });
    }

    @GetMapping(PAGE + "/consistency")
    String consistency(@RequestParam long first, @RequestParam long second, Model model) {
        try {
            model.addAttribute("proof", Answer.of(audit.proveConsistency(first, second)));
        } catch (Problem problem) {
            model.addAttribute("refused", Refused.sentence(problem));
        } catch (jakarta.validation.ConstraintViolationException e) {
            model.addAttribute("refused", Refused.sentence(Refused.problem(e)));
        }
        model.addAttribute("from", first);
        model.addAttribute("to", second);
        return "console/audit-consistency";
    }
}
