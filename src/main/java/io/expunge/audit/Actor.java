package io.expunge.audit;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.UUID;
import org.springframework.security.authentication.AuthenticationCredentialsNotFoundException;
import org.springframework.security.core.context.SecurityContextHolder;

/**
 * Who acts, for which controller. The principal of every authenticated call is one of these.
 *
 * @param controller the legal entity whose models and requests the caller may touch
 * @param zone the controller's time zone, in which legal deadlines are counted
 * @param name what the audit log shows: the id of an API key or a token's subject, never a person's contact data
 * @param roles names as in {@code hasRole(..)}: INTAKE, ENGINEER, PRIVACY_OFFICER, AUDITOR, ADMIN
 */
public record Actor(UUID controller, ZoneId zone, String name, Set<String> roles) {

    public Actor {
        roles = Set.copyOf(roles);
    }

    /** The service itself, doing background work of one controller. */
    public static Actor system(UUID controller) {
        return new Actor(controller, ZoneOffset.UTC, "system", Set.of());
    }

    /** The caller of the current request. */
    public static Actor current() {
        var authentication = SecurityContextHolder.getContext().getAuthentication();
        if (authentication != null && authentication.getPrincipal() instanceof Actor actor) {
            return actor;
        }
        throw new AuthenticationCredentialsNotFoundException("no authenticated caller");
    }

    public boolean has(String role) {
        return roles.contains(role);
    }
}
