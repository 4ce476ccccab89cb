package io.expunge.console;

import io.expunge.api.DatasetsApi;
import io.expunge.api.MissedPolicy;
import io.expunge.api.NewSchedule;
import io.expunge.api.ScheduleApi;
import io.expunge.api.SubjectList;
import io.expunge.shared.JsonProblems;
import io.expunge.shared.Problem;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
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
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Standing orders: what happens when, what happened, and what would. */
@Controller
class SchedulePages {

    private static final String PAGE = "/console/schedules";

    private final ScheduleApi schedules;
    private final DatasetsApi datasets;
    private final ModelNames names;
    private final JsonMapper json;

    SchedulePages(ScheduleApi schedules, DatasetsApi datasets, ModelNames names, JsonMapper json) {
        this.schedules = schedules;
        this.datasets = datasets;
        this.names = names;
        this.json = json;
    }

    @GetMapping(PAGE)
    String list(Model model) {
        model.addAttribute("schedules", Answer.of(schedules.listSchedules()));
        model.addAttribute(
                "datasets", Answer.of(datasets.listDatasets(null, 500)).getItems());
        model.addAttribute("missed", MissedPolicy.values());
        return "console/schedules";
    }

    @PreAuthorize("hasRole('PRIVACY_OFFICER')")
    @PostMapping(PAGE)
    String create(@RequestParam Map<String, String> typed, RedirectAttributes flash) {
        var shown = new HashMap<>(typed);
        shown.remove("people");
        return Refused.act(flash, PAGE + "#new", shown, () -> {
            var people = typed.getOrDefault("people", "")
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
            boolean listed = "listed".equals(typed.get("selection"));
            if (listed && people.isEmpty()) {
                throw Problem.invalid("people", "must name somebody");
            }
            var made = Answer.of(schedules.createSchedule(declared(typed), typed.get("key")));
            if (listed) {
                schedules.putScheduleSubjects(made.getId(), new SubjectList(people));
            }
            return "The standing order is made.";
        });
    }

    private NewSchedule declared(Map<String, String> typed) {
        var selection = new LinkedHashMap<String, Object>();
        var what = typed.getOrDefault("selection", "");
        selection.put("name", what);
        if (what.equals("expired")) {
            selection.put("datasetId", typed.getOrDefault("datasetId", ""));
            selection.put("keepFor", typed.getOrDefault("keepFor", ""));
        }
        if (!what.equals("pending")) {
            selection.put("regulation", typed.getOrDefault("regulation", "gdpr"));
        }
        var order = new LinkedHashMap<String, Object>();
        order.put("name", typed.getOrDefault("name", "").strip());
        order.put("cron", typed.getOrDefault("cron", "").strip());
        order.put("timeZone", typed.getOrDefault("timeZone", ""));
        order.put("missed", typed.getOrDefault("missed", "run_once"));
        order.put("selection", selection);
        try {
            return json.convertValue(order, NewSchedule.class);
        } catch (JacksonException | IllegalArgumentException e) {
            throw unnested(JsonProblems.explain(e));
        }
    }

    /** The form has no {@code selection.} before a name. */
    private static Problem unnested(Problem problem) {
        if (problem.fields().isEmpty()) {
            return problem;
        }
        var field = problem.fields().getFirst();
        return Problem.invalid(field.field().replace("selection.", ""), field.reason());
    }

    @GetMapping(PAGE + "/{id}")
    String show(@PathVariable UUID id, @RequestParam(required = false) @Nullable String cursor, Model model) {
        var schedule = Answer.of(schedules.getSchedule(id));
        model.addAttribute("schedule", schedule);
        model.addAttribute("title", schedule.getName());
        model.addAttribute("selection", json.writeValueAsString(schedule.getSelection()));
        model.addAttribute(
                "method", schedule.getMethod() == null ? null : json.writeValueAsString(schedule.getMethod()));
        model.addAttribute("page", Answer.of(schedules.listFirings(id, cursor, 25)));
        model.addAttribute("first", cursor == null);
        return "console/schedule";
    }

    /** What would happen now; nothing does. */
    @PostMapping(PAGE + "/{id}/dry-run")
    String dryRun(@PathVariable UUID id, Model model) {
        model.addAttribute("dry", Answer.of(schedules.dryRunSchedule(id)));
        model.addAttribute("models", names.all());
        return "console/schedule :: dry";
    }

    @PostMapping(PAGE + "/{id}/pause")
    String pause(@PathVariable UUID id, RedirectAttributes flash) {
        return Refused.act(
                flash,
                PAGE + "/" + id,
                "Paused: nothing happens until it goes on.",
                Map.of(),
                () -> schedules.pauseSchedule(id));
    }

    @PostMapping(PAGE + "/{id}/resume")
    String resume(@PathVariable UUID id, RedirectAttributes flash) {
        return Refused.act(flash, PAGE + "/" + id, "It goes on.", Map.of(), () -> schedules.resumeSchedule(id));
    }

    @PostMapping(PAGE + "/{id}/run")
    String run(@PathVariable UUID id, RedirectAttributes flash) {
        return Refused.act(
                flash, PAGE + "/" + id, "It is done in a moment.", Map.of(), () -> schedules.runSchedule(id));
    }

    @PostMapping(PAGE + "/{id}/delete")
    String delete(@PathVariable UUID id, RedirectAttributes flash) {
        return Refused.act(flash, PAGE, "The standing order has ended.", Map.of(), () -> schedules.deleteSchedule(id));
    }
}
