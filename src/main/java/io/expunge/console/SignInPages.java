package io.expunge.console;

import io.expunge.access.OwnPassword;
import io.expunge.shared.Problem;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
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

    SignInPages(OwnPassword passwords) {
        this.passwords = passwords;
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
            Model model) {
        model.addAttribute("continue", next);
        if (out != null) {
            model.addAttribute("note", "You have signed out.");
        } else if (ended != null || next != null) {
            model.addAttribute(
                    "note",
                    "Sign in to go on." + (ended == null ? "" : " Your session had ended; nothing was changed."));
        }
        return "console/sign-in";
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
            return "console/password";
        }
    }

    @RequestMapping({"/console/{*rest}"})
    String nothing() {
        throw new Problem(Problem.Kind.NOT_FOUND, "not-found", "the address names nothing that there is");
    }
}
