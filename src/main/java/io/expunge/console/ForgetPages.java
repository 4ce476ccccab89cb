package io.expunge.console;

import io.expunge.api.DatasetsApi;
import io.expunge.api.ErasureApi;
import io.expunge.api.EvidenceApi;
import io.expunge.api.NewErasureRequest;
import io.expunge.api.Policy;
import io.expunge.audit.Actor;
import io.expunge.erasure.Erasures;
import io.expunge.erasure.RequestBoard;
import io.expunge.method.Method;
import io.expunge.run.RunForecast;
import io.expunge.shared.Problem;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.ConstraintViolationException;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** From somebody's identifier to a filed request: who, by which law, what will happen, done. */
@Controller
@PreAuthorize("hasAnyRole('INTAKE', 'PRIVACY_OFFICER')")
class ForgetPages {

    private static final String PAGE = "/console/forget";
    private static final int FILED = 8;

    private final ErasureApi requests;
    private final Erasures erasures;
    private final RequestBoard board;
    private final DatasetsApi datasets;
    private final EvidenceApi policies;
    private final RunForecast forecast;
    private final ModelNames models;
    private final Clock clock;

    ForgetPages(
            ErasureApi requests,
            Erasures erasures,
            RequestBoard board,
            DatasetsApi datasets,
            EvidenceApi policies,
            RunForecast forecast,
            ModelNames models,
            Clock clock) {
        this.requests = requests;
        this.erasures = erasures;
        this.board = board;
        this.datasets = datasets;
        this.policies = policies;
        this.forecast = forecast;
        this.models = models;
        this.clock = clock;
    }

    /** A model that would have to forget, and how that would be done. */
    record Affected(
            UUID id,
            String name,
            int records,
            int versions,
            String policy,
            List<String> methods,
            boolean automatic,
            boolean person,
            RunForecast.Usual usual) {}

    @GetMapping(PAGE)
    String who(Model model) {
        var form = new ForgetForm(
                null,
                null,
                null,
                null,
                "gdpr",
                Typed.local(clock.instant()),
                null,
                null,
                UUID.randomUUID().toString());
        return who(form, model);
    }

    private String who(ForgetForm form, Model model) {
        model.addAttribute("form", form);
        model.addAttribute("filed", board.filedByMe(FILED));
        if (Actor.current().has("PRIVACY_OFFICER")) {
            model.addAttribute(
                    "datasets",
                    Objects.requireNonNull(datasets.listDatasets(null, 500).getBody())
                            .getItems());
        }
        return "console/forget/who";
    }

    /** Back from a later step, with what was typed. */
    @PostMapping(PAGE)
    String again(@ModelAttribute ForgetForm form, Model model) {
        return who(form, model);
    }

    @PostMapping(PAGE + "/law")
    String law(@ModelAttribute ForgetForm form, HttpServletResponse response, Model model) {
        try {
            form.requireSomebody();
        } catch (Problem problem) {
            refuse(problem, response, model);
            return who(form, model);
        }
        return law(form, model);
    }

    private String law(ForgetForm form, Model model) {
        model.addAttribute("form", form);
        model.addAttribute("named", form.identifiers().size());
        return "console/forget/law";
    }

    @PostMapping(PAGE + "/check")
    String check(@ModelAttribute ForgetForm form, HttpServletResponse response, Model model) {
        NewErasureRequest request;
        try {
            request = form.request();
            var prospect = erasures.prospect(request);
            model.addAttribute("form", form);
            model.addAttribute("prospect", prospect);
            model.addAttribute(
                    "affected", prospect.models().stream().map(this::affected).toList());
            model.addAttribute("submittedAt", request.getSubmittedAt());
            return "console/forget/check";
        } catch (Problem problem) {
            refuse(problem, response, model);
            return law(form, model);
        }
    }

    @PostMapping(PAGE + "/file")
    String file(@ModelAttribute ForgetForm form, HttpServletResponse response, Model model, RedirectAttributes flash) {
        try {
            var filed = Objects.requireNonNull(
                    requests.requestErasure(form.request(), form.key()).getBody());
            flash.addFlashAttribute(
                    "done",
                    "The request is filed. Models are made to forget from here on; this page shows how far it is.");
            return "redirect:/console/requests/" + filed.getId();
        } catch (ConstraintViolationException e) {
            refuse(Refused.problem(e), response, model);
            return law(form, model);
        } catch (Problem problem) {
            refuse(problem, response, model);
            return law(form, model);
        }
    }

    private Affected affected(Erasures.Concerned concerned) {
        var model = models.one(concerned.modelId());
        var policy = policy(model.getPolicy());
        return new Affected(
                model.getId(),
                model.getName(),
                concerned.records(),
                concerned.versions(),
                model.getPolicy(),
                policy == null
                        ? List.of()
                        : policy.getMethods().stream()
                                .filter(method -> method.edits(model.getArchitecture()))
                                .map(Method::name)
                                .toList(),
                policy != null && policy.getAutomatic(),
                policy != null && policy.getApproval() == Policy.ApprovalEnum.PERSON,
                forecast.usual(model.getId()));
    }

    /** Whoever only files requests does not see policies. */
    private @Nullable Policy policy(String name) {
        return Actor.current().has("PRIVACY_OFFICER") ? policies.getPolicy(name).getBody() : null;
    }

    private static void refuse(Problem problem, HttpServletResponse response, Model model) {
        response.setStatus(HttpStatus.UNPROCESSABLE_CONTENT.value());
        var errors = new java.util.LinkedHashMap<>(Refused.errors(problem));
        rename(errors, "subjects", "people");
        rename(errors, "submittedAt", "received");
        rename(errors, "dueAt", "promised");
        model.addAttribute("errors", errors);
        model.addAttribute("refused", errors.isEmpty() ? Refused.sentence(problem) : null);
    }

    private static void rename(java.util.Map<String, String> errors, String contract, String form) {
        var reason = errors.remove(contract);
        if (reason != null) {
            errors.put(form, reason);
        }
    }
}
