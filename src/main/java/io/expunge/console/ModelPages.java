package io.expunge.console;

import io.expunge.api.EvidenceApi;
import io.expunge.api.ModelsApi;
import io.expunge.api.NewDestructionRun;
import io.expunge.api.NewRetrainingRun;
import io.expunge.api.Rollback;
import io.expunge.api.RunsApi;
import io.expunge.api.VersionUtility;
import io.expunge.shared.Problem;
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
import tools.jackson.databind.json.JsonMapper;

/** Models, their versions and where each came from. */
@Controller
class ModelPages {

    private static final String PAGE = "/console/models";
    private static final int ROWS = 50;

    private final ModelsApi models;
    private final EvidenceApi evidence;
    private final RunsApi runs;
    private final Show show;
    private final JsonMapper json;

    ModelPages(ModelsApi models, EvidenceApi evidence, RunsApi runs, Show show, JsonMapper json) {
        this.models = models;
        this.evidence = evidence;
        this.runs = runs;
        this.show = show;
        this.json = json;
    }

    @GetMapping(PAGE)
    String list(@RequestParam(required = false) @Nullable String cursor, Model model) {
        model.addAttribute("page", Answer.of(models.listModels(cursor, ROWS)));
        model.addAttribute("first", cursor == null);
        return "console/models";
    }

    @GetMapping(PAGE + "/{id}")
    String show(
            @PathVariable UUID id,
            @RequestParam(required = false) @Nullable UUID one,
            @RequestParam(required = false) @Nullable UUID other,
            Model model) {
        var shown = Answer.of(models.getModel(id));
        var versions = Answer.of(models.listVersions(id));
        model.addAttribute("model", shown);
        model.addAttribute("title", "Model " + shown.getName());
        model.addAttribute("architecture", json.writeValueAsString(shown.getArchitecture()));
        model.addAttribute("versions", versions);
        model.addAttribute("lineage", Lineage.of(versions, shown.getChampion()));
        var advice = Answer.of(evidence.getRetrainingAdvice(id));
        model.addAttribute("advice", advice);
        model.addAttribute(
                "forgotten",
                advice.getHistory().stream()
                        .filter(version -> version.getVersionId().equals(shown.getChampion()))
                        .mapToLong(VersionUtility::getForgotten)
                        .sum());
        model.addAttribute("utility", UtilityDrawing.of(advice));
        model.addAttribute(
                "compared", one == null || other == null ? null : Compared.of(versions, advice, show, one, other));
        model.addAttribute("one", one);
        model.addAttribute("other", other);
        return "console/model";
    }

    @PreAuthorize("hasRole('PRIVACY_OFFICER')")
    @PostMapping(PAGE + "/{id}/rollback")
    String rollBack(
            @PathVariable UUID id,
            @RequestParam UUID versionId,
            @RequestParam(defaultValue = "") String typedName,
            RedirectAttributes flash) {
        return Refused.act(
                flash,
                PAGE + "/" + id + "#rollback",
                "The model is back at that version; requests that the later ones had served wait again.",
                Map.of("typedName", typedName),
                () -> {
                    requireName(id, typedName);
                    evidence.rollBackModel(id, new Rollback(versionId, "rolled back in the console"));
                });
    }

    @PostMapping(PAGE + "/{id}/retrain")
    String retrain(@PathVariable UUID id, @RequestParam String key, RedirectAttributes flash) {
        return Refused.act(
                flash,
                PAGE + "/" + id,
                "A training without everybody who asked to be forgotten is queued.",
                Map.of(),
                () -> runs.startRetraining(new NewRetrainingRun(id), key));
    }

    @PostMapping(PAGE + "/{id}/destroy")
    String destroy(
            @PathVariable UUID id,
            @RequestParam(defaultValue = "") String modelName,
            @RequestParam String key,
            RedirectAttributes flash) {
        return Refused.act(
                flash,
                PAGE + "/" + id + "#destroy",
                "The destruction of the model is queued.",
                Map.of("modelName", modelName),
                () -> runs.startDestruction(new NewDestructionRun(id, modelName), key));
    }

    /** Whoever undoes a publication types which model is meant. */
    private void requireName(UUID id, String typed) {
        if (!Answer.of(models.getModel(id)).getName().equals(typed)) {
            throw Problem.invalid("typedName", "must be the name of this model");
        }
    }
}
