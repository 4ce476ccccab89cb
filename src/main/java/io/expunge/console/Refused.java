package io.expunge.console;

import io.expunge.shared.FieldProblem;
import io.expunge.shared.Problem;
import jakarta.validation.ConstraintViolationException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Does what somebody asked for, and says beside which field, or above the page, why it was refused. */
final class Refused {

    private Refused() {}

    /**
     * Does {@code action} and shows the page {@code back}, with {@code done} above it, or with the reason of the refusal and
     * what was typed. The page shows how things stand now, which is what whoever acted on an old page needs.
     */
    static String act(RedirectAttributes flash, String back, String done, Map<String, String> typed, Runnable action) {
        return act(flash, back, typed, () -> {
            action.run();
            return done;
        });
    }

    /** The same where what was done is only known once it is. */
    static String act(RedirectAttributes flash, String back, Map<String, String> typed, Supplier<String> action) {
        try {
            flash.addFlashAttribute("done", action.get());
        } catch (Problem problem) {
            if (problem.kind() == Problem.Kind.NOT_FOUND) {
                throw problem;
            }
            refuse(flash, problem, typed);
        } catch (ConstraintViolationException e) {
            refuse(flash, problem(e), typed);
        } catch (OptimisticLockingFailureException e) {
            flash.addFlashAttribute("refused", "Somebody else changed it meanwhile. This is how it stands now.");
        }
        return "redirect:" + back;
    }

    private static void refuse(RedirectAttributes flash, Problem problem, Map<String, String> typed) {
        var errors = errors(problem);
        flash.addFlashAttribute("errors", errors);
        // on an old page what was typed stands in the way of how it is now
        flash.addFlashAttribute("typed", problem.kind() == Problem.Kind.STALE ? Map.of() : typed);
        flash.addFlashAttribute(
                "refused",
                switch (problem.kind()) {
                    case CONFLICT, STALE -> sentence(problem) + " This is how it stands now.";
                    default -> sentence(problem);
                });
    }

    /** Reasons by the name of the field. */
    static Map<String, String> errors(Problem problem) {
        var all = new LinkedHashMap<String, String>();
        for (var field : problem.fields()) {
            all.merge(root(field.field()), field.reason(), (one, other) -> one);
        }
        return all;
    }

    /** As a list's place is typed into one field: {@code subjects[3]} is about {@code subjects}. */
    private static String root(String field) {
        var end = field.indexOf('[');
        return end < 0 ? field : field.substring(0, end);
    }

    static String sentence(Problem problem) {
        var text = String.valueOf(problem.getMessage());
        return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
    }

    /** A violation of the contract as a refusal. */
    static Problem problem(ConstraintViolationException e) {
        List<FieldProblem> fields = e.getConstraintViolations().stream()
                .map(violation -> new FieldProblem(last(violation.getPropertyPath()), violation.getMessage()))
                .toList();
        return new Problem(
                Problem.Kind.INVALID,
                "invalid-field",
                fields.isEmpty()
                        ? "not valid"
                        : fields.getFirst().field() + " " + fields.getFirst().reason(),
                fields);
    }

    private static String last(jakarta.validation.Path path) {
        var name = "";
        for (var node : path) {
            name = node.getName() == null || node.getName().startsWith("<") ? name : node.getName();
        }
        return name;
    }
}
