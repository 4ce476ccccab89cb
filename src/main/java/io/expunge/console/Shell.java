package io.expunge.console;

import io.expunge.access.Users;
import io.expunge.audit.Actor;
import java.util.List;
import java.util.Map;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ModelAttribute;

/** What every page shows: who is signed in, and which pages there are for them. */
@ControllerAdvice(basePackageClasses = Shell.class)
class Shell {

    private final Users users;
    private final Show show;

    Shell(Users users, Show show) {
        this.users = users;
        this.show = show;
    }

    @ModelAttribute
    void show(Model model) {
        model.addAttribute("show", show);
        var who = SecurityContextHolder.getContext().getAuthentication();
        if (who != null && who.getPrincipal() instanceof Actor actor) {
            var me = users.myself();
            model.addAttribute("actor", actor);
            model.addAttribute("menu", me != null && me.oneTime() ? List.of() : Menu.of(actor));
            if (me != null) {
                model.addAttribute("me", me);
            }
        }
        for (var name : List.of("errors", "typed")) {
            if (!model.containsAttribute(name)) {
                model.addAttribute(name, Map.of());
            }
        }
    }
}
