package io.expunge.access;

import io.expunge.api.Role;
import io.expunge.audit.Actor;
import io.expunge.audit.AuditLog;
import io.expunge.shared.Ids;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Users whom the identity provider knows. Issuer and subject tell who somebody is, so that one person stays one user under
 * another name; roles follow the provider's at each sign-in.
 */
class ProviderAccounts {

    private static final int LONGEST_NAME = 100;

    private final OidcSettings settings;
    private final UserTable table;
    private final UserLookup lookup;
    private final OpenSessions sessions;
    private final ControllerRepository controllers;
    private final AuditLog audit;
    private final TransactionTemplate transaction;
    private final Clock clock;

    ProviderAccounts(
            OidcSettings settings,
            UserTable table,
            UserLookup lookup,
            OpenSessions sessions,
            ControllerRepository controllers,
            AuditLog audit,
            TransactionTemplate transaction,
            Clock clock) {
        this.settings = settings;
        this.table = table;
        this.lookup = lookup;
        this.sessions = sessions;
        this.controllers = controllers;
        this.audit = audit;
        this.transaction = transaction;
        this.clock = clock;
    }

    /** The provider says who it is, and that is not enough. */
    static class NotLetIn extends Exception {

        private final SignInRefusal why;

        NotLetIn(SignInRefusal why) {
            super(why.name());
            this.why = why;
        }

        SignInRefusal why() {
            return why;
        }
    }

    /**
     * The user that these claims are about, made at the first sign-in.
     *
     * @param claims of an identity token that was checked
     */
    UserTable.Row signedIn(Map<String, Object> claims) throws NotLetIn {
        var subject = String.valueOf(claims.get("sub"));
        var roles = List.copyOf(settings.roles().of(OidcProvider.values(claims, settings.rolesClaim())));
        var name = OidcProvider.values(claims, settings.nameClaim()).stream()
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse(subject);
        var shown = name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) : name;
        var user = java.util.Objects.requireNonNull(
                transaction.execute(status -> known(subject, shown, roles)), "a transaction has a result");
        if (user.isEmpty() || user.getFirst().roles().isEmpty()) {
            throw new NotLetIn(SignInRefusal.NO_ROLE);
        }
        if (!user.getFirst().enabled()) {
            throw new NotLetIn(SignInRefusal.DISABLED);
        }
        return user.getFirst();
    }

    /** At most one; none is made for whoever has no role. */
    private List<UserTable.Row> known(String subject, String name, List<Role> roles) {
        var controller = controller();
        // two windows of one person may come back at once
        table.hold(controller);
        var before = table.ofProvider(settings.issuer(), subject);
        if (before.isEmpty()) {
            if (roles.isEmpty()) {
                return List.of();
            }
            var id = Ids.next();
            table.addOfProvider(id, controller, name, roles, settings.issuer(), subject, clock.instant());
            log(controller, "user.created", id, roles);
            return List.of(table.find(id).orElseThrow());
        }
        var user = before.get();
        if (!Set.copyOf(user.roles()).equals(Set.copyOf(roles))) {
            table.roles(user.id(), roles);
            log(user.controller(), "user.roles-changed", user.id(), roles);
            if (roles.isEmpty()) {
                sessions.end(user.id());
            }
        }
        if (!roles.isEmpty() && user.enabled()) {
            table.renamed(user.id(), name);
            table.signedIn(user.id(), clock.instant());
        }
        lookup.forget(user.id());
        return List.of(table.find(user.id()).orElseThrow());
    }

    private void log(UUID controller, String what, UUID user, List<Role> roles) {
        audit.append(
                Actor.system(controller),
                what,
                "user",
                user,
                Map.of("roles", Users.names(roles), "by", "identity-provider"));
    }

    private UUID controller() {
        var given = settings.controllerId();
        return given == null ? controllers.findAllByOrderById().getFirst().id() : given;
    }
}
