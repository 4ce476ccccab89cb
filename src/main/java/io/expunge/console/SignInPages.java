package io.expunge.console;

import io.expunge.access.OwnPassword;
import io.expunge.access.SignInRefusal;
import io.expunge.access.SignInWays;
import io.expunge.shared.Problem;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.web.WebAttributes;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Sign-in, the first change of a one-time password, and whatever is not there. */
@Controller
class SignInPages {

    private final OwnPassword passwords;
    private final SignInWays ways;

    SignInPages(OwnPassword passwords, SignInWays ways) {
        this.passwords = passwords;
        this.ways = ways;
    }

    @GetMapping("/")
    String root() {
        return "redirect:/console";
    }

    @GetMapping("/console/sign-in")
    String signIn(
            @RequestParam(name = "continue", required = false) @Nullable String next,
            @RequestParam(required = false) @Nullable String out,
            @RequestParam(required = false) @Nullable String ended,
            @RequestParam(name = "refused", defaultValue = "") String why,
            Model model) {
        model.addAttribute("continue", next);
        model.addAttribute("ways", ways);
        Arrays.stream(SignInRefusal.values())
                .filter(reason -> reason.name().equalsIgnoreCase(why))
                .findAny()
                .ifPresent(reason -> model.addAttribute("refused", sentence(reason)));
        if (out != null) {
            model.addAttribute("note", "You have signed out.");
        } else if (ended != null || next != null) {
            model.addAttribute(
                    "note",
                    "Sign in to go on." + (ended == null ? "" : " Your session had ended; nothing was changed."));
        }
        return "console/sign-in";
    }

    private String sentence(SignInRefusal why) {
        var provider = ways.provider() == null ? "The identity provider" : capital(ways.provider());
        var other = ways.password() ? " Or sign in with a password." : "";
        return switch (why) {
            case AWAY -> provider + " does not answer. Try again in a moment." + other;
            case FAILED ->
                provider + " gave an answer that does not hold, so nobody was signed in. Try again; if it"
                        + " happens again, ask " + ways.contact() + ".";
            case CANCELLED -> "Nobody was signed in: " + ways.provider() + " says that it was declined there.";
            case TOO_LATE -> "That sign-in had ended or did not begin here. Begin once more.";
            case NO_ROLE ->
                "Your account has no role here, so there is nothing that you could see or do. Ask " + ways.contact()
                        + " for one, then sign in again.";
            case DISABLED -> "Your account is disabled here. Ask " + ways.contact() + ".";
        };
    }

    private static String capital(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    /** Back from the sign-out, here or at the identity provider. */
    @GetMapping("/console/sign-in/out")
    String signedOut() {
        return "redirect:/console/sign-in?out";
    }

    /** What was typed is kept, but for the password. */
    @PostMapping("/console/sign-in/refused")
    String refused(
            @RequestParam(defaultValue = "") String name,
            @RequestParam(name = "continue", required = false) @Nullable String next,
            HttpServletRequest request,
            HttpServletResponse response,
            Model model) {
        var why = request.getAttribute(WebAttributes.AUTHENTICATION_EXCEPTION);
        if (why == null) {
            return "redirect:/console/sign-in";
        }
        boolean wait = why instanceof LockedException;
        response.setStatus((wait ? HttpStatus.TOO_MANY_REQUESTS : HttpStatus.UNAUTHORIZED).value());
        if (wait) {
            var seconds = String.valueOf(((LockedException) why).getMessage());
            response.setHeader("Retry-After", seconds);
            model.addAttribute("refused", "Too many attempts. Try again in " + seconds + " seconds.");
        } else {
            model.addAttribute("refused", "No user has this name and password.");
        }
        model.addAttribute("name", name);
        model.addAttribute("continue", next);
        model.addAttribute("ways", ways);
        return "console/sign-in";
    }

    @GetMapping("/console/password")
    String password() {
        return "console/password";
    }

    @PostMapping("/console/password")
    String change(
            @RequestParam String current,
            @RequestParam String next,
            @RequestParam String again,
            HttpServletRequest request,
            HttpServletResponse response,
            Model model) {
        try {
            if (!next.equals(again)) {
                throw Problem.invalid("again", "must be the same as the new password");
            }
            passwords.change(request, response, current, next);
            return "redirect:/console";
        } catch (Problem problem) {
            response.setStatus(HttpStatus.UNPROCESSABLE_CONTENT.value());
            model.addAttribute("errors", Refused.errors(problem));
            if (problem.fields().isEmpty()) {
                model.addAttribute("refused", Refused.sentence(problem));
            }
            return "console/password";
        }
    }

    @RequestMapping({"/console/{*rest}"})
    String nothing() {
        throw new Problem(Problem.Kind.NOT_FOUND, "not-found", "the address names nothing that there is");
    }
}
