package io.expunge.console;

import io.expunge.access.SignInWays;
import io.expunge.api.AccessApi;
import io.expunge.api.NewApiKey;
import io.expunge.api.NewUser;
import io.expunge.api.Role;
import io.expunge.api.UserRoles;
import io.expunge.api.UsersApi;
import io.expunge.audit.Actor;
import io.expunge.shared.Problem;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

/** Who may sign in, and which keys may call. */
@Controller
@PreAuthorize("hasRole('ADMIN')")
class UserPages {

    private static final String PAGE = "/console/users";

    private final UsersApi users;
    private final AccessApi access;
    private final SignInWays ways;

    UserPages(UsersApi users, AccessApi access, SignInWays ways) {
        this.users = users;
        this.access = access;
        this.ways = ways;
    }

    @GetMapping(PAGE)
    String list(Model model) {
        model.addAttribute("users", users.listUsers().getBody());
        model.addAttribute("keys", access.listApiKeys().getBody());
        model.addAttribute("roles", Role.values());
        model.addAttribute("passwords", ways.password());
        return "console/users";
    }

    @PostMapping(PAGE)
    String create(
            @RequestParam String name,
            @RequestParam(required = false) @Nullable List<Role> roles,
            RedirectAttributes flash) {
        return Refused.act(flash, PAGE + "#new-user", Map.of("name", name), () -> {
            var made = Objects.requireNonNull(users.createUser(new NewUser(name.strip(), atLeastOne(roles)))
                    .getBody());
            flash.addFlashAttribute("secret", made.getPassword());
            flash.addFlashAttribute("secretOf", made.getUser().getName());
            return made.getUser().getName() + " may sign in.";
        });
    }

    @PostMapping(PAGE + "/{id}/roles")
    String roles(
            @PathVariable UUID id,
            @RequestParam(required = false) @Nullable List<Role> roles,
            RedirectAttributes flash) {
        return Refused.act(
                flash,
                PAGE,
                "The roles are changed, in open sessions too.",
                Map.of(),
                () -> users.putUserRoles(id, new UserRoles(atLeastOne(roles))));
    }

    @PostMapping(PAGE + "/{id}/disable")
    String disable(@PathVariable UUID id, RedirectAttributes flash) {
        return Refused.act(
                flash, PAGE, "The user can sign in no more; open sessions end.", Map.of(), () -> users.disableUser(id));
    }

    @PostMapping(PAGE + "/{id}/enable")
    String enable(@PathVariable UUID id, RedirectAttributes flash) {
        return Refused.act(flash, PAGE, "The user can sign in again.", Map.of(), () -> users.enableUser(id));
    }

    @PostMapping(PAGE + "/{id}/reset-password")
    String reset(@PathVariable UUID id, RedirectAttributes flash) {
        return Refused.act(flash, PAGE, Map.of(), () -> {
            var made = Objects.requireNonNull(users.resetUserPassword(id).getBody());
            flash.addFlashAttribute("secret", made.getPassword());
            flash.addFlashAttribute("secretOf", made.getUser().getName());
            return "The old password opens nothing any more; open sessions end.";
        });
    }

    @PostMapping(PAGE + "/keys")
    String createKey(
            @RequestParam String keyName,
            @RequestParam(required = false) @Nullable List<Role> keyRoles,
            @RequestParam(defaultValue = "") String expires,
            RedirectAttributes flash) {
        var typed = Map.of("keyName", keyName, "expires", expires);
        return Refused.act(flash, PAGE + "#new-key", typed, () -> {
            if (keyName.isBlank()) {
                throw Problem.invalid("keyName", "must say what the key is for");
            }
            if (keyRoles == null) {
                throw Problem.invalid("keyRoles", "must be at least one");
            }
            var declared = new NewApiKey(keyName.strip(), keyRoles);
            if (!expires.isEmpty()) {
                declared.expiresAt(day(expires)
                        .plusDays(1)
                        .atStartOfDay(Actor.current().zone())
                        .toOffsetDateTime());
            }
            var made = Objects.requireNonNull(access.createApiKey(declared).getBody());
            flash.addFlashAttribute("secret", made.getSecret());
            flash.addFlashAttribute("secretOf", "the key " + made.getKey().getName());
            return "The key is made.";
        });
    }

    @PostMapping(PAGE + "/keys/{id}/revoke")
    String revoke(@PathVariable UUID id, RedirectAttributes flash) {
        return Refused.act(flash, PAGE, "The key opens nothing any more.", Map.of(), () -> access.revokeApiKey(id));
    }

    private static LocalDate day(String text) {
        try {
            return LocalDate.parse(text);
        } catch (DateTimeParseException e) {
            throw Problem.invalid("expires", "must be a day, as in 2026-12-31");
        }
    }

    private static List<Role> atLeastOne(@Nullable List<Role> roles) {
        if (roles == null || roles.isEmpty()) {
            throw Problem.invalid("roles", "must be at least one");
        }
        return roles;
    }
}
