package io.expunge.console;

import io.expunge.api.DatasetsApi;
import io.expunge.api.NewErasureRequest;
import io.expunge.audit.Actor;
import io.expunge.erasure.Erasures;
import io.expunge.shared.Problem;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import tools.jackson.databind.json.JsonMapper;

/** Data sets, and whether somebody is in them. */
@Controller
class DatasetPages {

    private static final String PAGE = "/console/datasets";
    private static final int ROWS = 50;

    private final DatasetsApi datasets;
    private final Erasures erasures;
    private final ModelNames names;
    private final JsonMapper json;
    private final Clock clock;

    DatasetPages(DatasetsApi datasets, Erasures erasures, ModelNames names, JsonMapper json, Clock clock) {
        this.datasets = datasets;
        this.erasures = erasures;
        this.names = names;
        this.json = json;
        this.clock = clock;
    }

    @GetMapping(PAGE)
    String list(@RequestParam(required = false) @Nullable String cursor, Model model) {
        fill(cursor, model);
        return "console/datasets";
    }

    private void fill(@Nullable String cursor, Model model) {
        model.addAttribute("page", Answer.of(datasets.listDatasets(cursor, ROWS)));
        model.addAttribute("first", cursor == null);
    }

    @GetMapping(PAGE + "/{id}")
    String show(@PathVariable UUID id, Model model) {
        var dataset = Answer.of(datasets.getDataset(id));
        model.addAttribute("dataset", dataset);
        model.addAttribute("title", "Data set " + dataset.getName());
        model.addAttribute("format", json.writeValueAsString(dataset.getFormat()));
        return "console/dataset";
    }

    /** Whom a model or a data set knows; the identifier comes in the body and is kept nowhere. */
    @PostMapping(PAGE + "/look-up")
    String lookUp(@RequestParam String person, HttpServletResponse response, Model model) {
        fill(null, model);
        model.addAttribute("person", person);
        try {
            if (person.isBlank()) {
                throw Problem.invalid("person", "must be an identifier as it stands in the data");
            }
            var now = clock.instant().atZone(Actor.current().zone()).toOffsetDateTime();
            model.addAttribute(
                    "found",
                    erasures.prospect(new NewErasureRequest(NewErasureRequest.RegulationEnum.GDPR, now)
                            .subjects(List.of(person.strip()))));
            model.addAttribute("models", names.all());
        } catch (Problem problem) {
            response.setStatus(HttpStatus.UNPROCESSABLE_CONTENT.value());
            model.addAttribute(
                    "errors",
                    Map.of(
                            "person",
                            String.valueOf(Refused.errors(problem).values().stream()
                                    .findFirst()
                                    .orElse(problem.getMessage()))));
        }
        return "console/datasets";
    }
}
