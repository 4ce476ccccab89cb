package io.expunge.console;

import io.expunge.api.EvidenceApi;
import io.expunge.api.Policy;
import io.expunge.shared.JsonProblems;
import io.expunge.shared.Problem;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Policies: by which methods, against which limits, and who publishes. */
@Controller
class PolicyPages {

    private static final String PAGE = "/console/policies";
    private static final String NAME = "[a-z0-9][a-z0-9-]{0,62}";

    private static final TypeReference<Map<String, Object>> PROPERTIES = new TypeReference<>() {};

    private final EvidenceApi policies;
    private final PolicyMethods methods;
    private final MethodForms forms;
    private final JsonMapper json;

    PolicyPages(EvidenceApi policies, PolicyMethods methods, MethodForms forms, JsonMapper json) {
        this.policies = policies;
        this.methods = methods;
        this.forms = forms;
        this.json = json;
    }

    @GetMapping(PAGE)
    String list(Model model) {
        model.addAttribute("policies", Answer.of(policies.listPolicies()));
        return "console/policies";
    }

    @PreAuthorize("hasRole('PRIVACY_OFFICER')")
    @PostMapping(PAGE)
    String make(@RequestParam String name, RedirectAttributes flash) {
        return name.matches(NAME)
                ? "redirect:" + PAGE + "/" + name + "?from=default"
                : Refused.act(flash, PAGE + "#new", "", Map.of("name", name), () -> {
                    throw Problem.invalid("name", "must be small letters, digits and dashes");
                });
    }

    /** @param from the policy whose rules are shown to begin with, where there is none of this name */
    @GetMapping(PAGE + "/{name}")
    String show(@PathVariable String name, @RequestParam(defaultValue = "") String from, Model model) {
        boolean made = Answer.of(policies.listPolicies()).stream()
                .anyMatch(policy -> policy.getName().equals(name));
        var answer = policies.getPolicy(made || from.isEmpty() ? name : from);
        var policy = Answer.of(answer);
        model.addAttribute("policy", policy);
        model.addAttribute("name", name);
        model.addAttribute("made", made);
        model.addAttribute("from", made ? name : policy.getName());
        model.addAttribute("title", "Policy " + name);
        model.addAttribute(
                "tag", made ? Objects.requireNonNull(answer.getHeaders().getETag()) : "");
        model.addAttribute("parts", methods.parts(policy.getMethods(), typed(model)));
        model.addAttribute("forms", forms.all());
        model.addAttribute("thresholds", policy.getThresholds() == null ? Map.of() : policy.getThresholds());
        return "console/policy";
    }

    @PreAuthorize("hasRole('PRIVACY_OFFICER')")
    @PostMapping(PAGE + "/{name}")
    String change(@PathVariable String name, @RequestParam Map<String, String> typed, RedirectAttributes flash) {
        // until it is stored there are only the rules that it begins with
        var from = typed.getOrDefault("from", name);
        var back = PAGE + "/" + name + (from.equals(name) || !from.matches(NAME) ? "" : "?from=" + from);
        var act = typed.getOrDefault("act", "store");
        if (act.matches("add|(remove|up|down)-\\d{1,3}")) {
            return rearrange(act, back, typed, flash);
        }
        return Refused.act(
                flash,
                back,
                "The policy is changed; runs that are planned keep the thresholds they began with.",
                typed,
                () -> policies.putPolicy(name, declared(name, typed), tag(typed)));
    }

    /** Shows the form with a method more, less or elsewhere; nothing is stored. */
    private String rearrange(String act, String back, Map<String, String> typed, RedirectAttributes flash) {
        try {
            flash.addFlashAttribute("typed", methods.rearranged(typed, act));
            flash.addFlashAttribute("unsaved", true);
        } catch (Problem | IndexOutOfBoundsException e) {
            flash.addFlashAttribute("typed", typed);
            flash.addFlashAttribute("errors", Map.of("added", "must be a method"));
        }
        return "redirect:" + back + "#methods-head";
    }

    @SuppressWarnings("unchecked")
    private static Map<String, String> typed(Model model) {
        return model.getAttribute("typed") instanceof Map<?, ?> typed ? (Map<String, String>) typed : Map.of();
    }

    private static @org.jspecify.annotations.Nullable String tag(Map<String, String> typed) {
        var tag = typed.get("tag");
        return tag == null || tag.isEmpty() || tag.contains("-1") ? null : tag;
    }

    private Policy declared(String name, Map<String, String> typed) {
        // what the form has no field for stays as it is
        var all = new LinkedHashMap<String, Object>(
                json.convertValue(Answer.of(policies.getPolicy(typed.getOrDefault("from", name))), PROPERTIES));
        all.put("name", name);
        all.put("methods", methods.check(typed));
        all.put("references", whole("references", typed));
        all.put("waitSeconds", whole("waitSeconds", typed));
        all.put("approval", typed.getOrDefault("approval", "person"));
        all.put("automatic", typed.containsKey("automatic"));
        if (typed.getOrDefault("divergenceModels", "").isBlank()) {
            all.remove("divergenceModels");
        } else {
            all.put("divergenceModels", whole("divergenceModels", typed));
        }
        all.put(
                "retraining",
                Map.of(
                        "forgottenShare", decimal("retraining.forgottenShare", typed),
                        "utilityDrop", decimal("retraining.utilityDrop", typed),
                        "edits", whole("retraining.edits", typed)));
        var limits = new LinkedHashMap<String, Double>();
        typed.forEach((field, text) -> {
            if (field.startsWith("limit.") && !text.isBlank()) {
                limits.put(field.substring(6), number(field, text));
            }
        });
        all.put("thresholds", limits);
        try {
            return json.convertValue(all, Policy.class);
        } catch (JacksonException | IllegalArgumentException e) {
            throw JsonProblems.explain(e);
        }
    }

    private static long whole(String field, Map<String, String> typed) {
        try {
            return Long.parseLong(typed.getOrDefault(field, "").strip());
        } catch (NumberFormatException e) {
            throw Problem.invalid(field, "must be a whole number");
        }
    }

    private static double decimal(String field, Map<String, String> typed) {
        return number(field, typed.getOrDefault(field, ""));
    }

    private static double number(String field, String text) {
        try {
            return Double.parseDouble(text.strip());
        } catch (NumberFormatException e) {
            throw Problem.invalid(field, "must be a number");
        }
    }
}
