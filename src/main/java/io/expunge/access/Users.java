package io.expunge.access;

import io.expunge.api.CreatedUser;
import io.expunge.api.NewUser;
import io.expunge.api.Role;
import io.expunge.api.User;
import io.expunge.audit.Actor;
import io.expunge.audit.AuditLog;
import io.expunge.shared.Ids;
import io.expunge.shared.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** People who may sign in to the console. Whoever is on the audit log stands there as {@code user:} and an id. */
@Service
public class Users {

    private static final int SHORTEST = 12;
    private static final int MOST_BYTES = 72;

    private final UserTable table;
    private final UserLookup lookup;
    private final OpenSessions sessions;
    private final ApiKeyRepository keys;
    private final PasswordEncoder passwords;
    private final AuditLog audit;
    private final Clock clock;

    Users(
            UserTable table,
            UserLookup lookup,
            OpenSessions sessions,
            ApiKeyRepository keys,
            PasswordEncoder passwords,
            AuditLog audit,
            Clock clock) {
        this.table = table;
        this.lookup = lookup;
        this.sessions = sessions;
        this.keys = keys;
        this.passwords = passwords;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Whoever is signed in.
     *
     * @param controller name of the legal entity that is acted for
     * @param oneTime whether the password must be changed before anything else
     * @param ofProvider whether an identity provider keeps the password
     */
    public record Myself(UUID id, String name, String controller, boolean oneTime, boolean ofProvider) {}

    @PreAuthorize("hasRole('ADMIN')")
    @Transactional(readOnly = true)
    public List<User> list() {
        return table.of(Actor.current().controller()).stream()
                .map(Users::present)
                .toList();
    }

    /** Lets somebody sign in with a password that must be changed at once. */
    @PreAuthorize("hasRole('ADMIN')")
    @Transactional
    public CreatedUser create(NewUser declared) {
        var actor = Actor.current();
        if (table.named(declared.getName()).isPresent()) {
            throw Problem.refused("user-exists", "name", "belongs to somebody already");
        }
        return create(actor, declared.getName(), declared.getRoles());
    }

    CreatedUser create(Actor actor, String name, List<Role> roles) {
        var id = Ids.next();
        var password = Secret.password();
        table.add(id, actor.controller(), name, roles, hash(password), clock.instant());
        audit.append(actor, "user.created", "user", id, Map.of("roles", names(roles)));
        return new CreatedUser(present(table.find(id).orElseThrow()), password);
    }

    /** Gives a user these roles and no others. */
    @PreAuthorize("hasRole('ADMIN')")
    @Transactional
    public User roles(UUID id, List<Role> roles) {
        var user = held(id);
        requireOwn(user);
        if (!roles.contains(Role.ADMIN)) {
            requireAnotherAdmin(user);
        }
        table.roles(id, roles);
        return changed(user, "user.roles-changed", Map.of("roles", names(roles)));
    }

    @PreAuthorize("hasRole('ADMIN')")
    @Transactional
    public User disable(UUID id) {
        var user = held(id);
        requireAnotherAdmin(user);
        table.enabled(id, false);
        sessions.end(id);
        return changed(user, "user.disabled", Map.of());
    }

    @PreAuthorize("hasRole('ADMIN')")
    @Transactional
    public User enable(UUID id) {
        var user = held(id);
        table.enabled(id, true);
        return changed(user, "user.enabled", Map.of());
    }

    /** A new one-time password, which is in the answer and nowhere else. */
    @PreAuthorize("hasRole('ADMIN')")
    @Transactional
    public CreatedUser resetPassword(UUID id) {
        var user = held(id);
        requireOwn(user);
        var password = Secret.password();
        table.password(id, hash(password), true);
        sessions.end(id);
        return new CreatedUser(changed(user, "user.password-reset", Map.of()), password);
    }

    /**
     * The signed-in user's own password; other sessions of the user end.
     *
     * @return counts passwords; the session that goes on has this one
     */
    @Transactional
    public int changePassword(String current, String next) {
        var user = table.find(me()).orElseThrow();
        requireOwn(user);
        if (!passwords.matches(cut(current), user.password())) {
            throw Problem.refused("wrong-password", "current", "is not the password");
        }
        if (next.length() < SHORTEST) {
            throw Problem.invalid("next", "must be at least " + SHORTEST + " characters long");
        }
        if (next.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
            throw Problem.invalid("next", "must be at most " + MOST_BYTES + " bytes long");
        }
        if (next.equals(current) || next.equalsIgnoreCase(user.name())) {
            throw Problem.invalid("next", "must differ from the one before and from the name");
        }
        table.password(user.id(), hash(next), false);
        changed(user, "user.password-changed", Map.of());
        return user.credential() + 1;
    }

    /** Whoever is signed in; null for a key. */
    @Transactional(readOnly = true)
    public @Nullable Myself myself() {
        if (!Actor.current().name().startsWith("user:")) {
            return null;
        }
        var user = lookup.user(me()).orElseThrow();
        return new Myself(user.id(), user.name(), user.controllerName(), user.oneTime(), user.issuer() != null);
    }

    /** What people call those who act for the caller's controller, by the name that the audit log has for them. */
    @Transactional(readOnly = true)
    public Map<String, String> names(Collection<String> actors) {
        var controller = Actor.current().controller();
        var all = new HashMap<String, String>();
        if (actors.stream().anyMatch(actor -> actor.startsWith("user:"))) {
            table.of(controller).forEach(user -> all.put("user:" + user.id(), user.name()));
        }
        if (actors.stream().anyMatch(actor -> actor.startsWith("key:"))) {
            keys.findByControllerIdOrderById(controller).forEach(key -> all.put("key:" + key.id(), key.name()));
        }
        all.keySet().retainAll(actors);
        return all;
    }

    private static UUID me() {
        return UUID.fromString(Actor.current().name().substring("user:".length()));
    }

    private UserTable.Row held(UUID id) {
        var controller = Actor.current().controller();
        table.hold(controller);
        return table.find(id)
                .filter(user -> user.controller().equals(controller))
                .orElseThrow(() -> Problem.notFound("user", id));
    }

    private static void requireOwn(UserTable.Row user) {
        if (user.issuer() != null) {
            throw Problem.conflict(
                    "account-of-provider", "roles and password of this user are the identity provider's to change");
        }
    }

    /** Somebody must be able to let people in again. */
    private void requireAnotherAdmin(UserTable.Row user) {
        if (table.of(user.controller()).stream()
                .noneMatch(other ->
                        other.enabled() && other.has(Role.ADMIN) && !other.id().equals(user.id()))) {
            throw Problem.conflict("last-admin", "nobody else could let people in; make another admin first");
        }
    }

    private User changed(UserTable.Row user, String what, Map<String, ?> details) {
        lookup.forget(user.id());
        audit.append(Actor.current(), what, "user", user.id(), details);
        return present(table.find(user.id()).orElseThrow());
    }

    private String hash(String password) {
        return java.util.Objects.requireNonNull(passwords.encode(password));
    }

    /** No password is longer; what a caller sends may be. */
    static String cut(String password) {
        return password.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES ? "" : password;
    }

    static List<String> names(List<Role> roles) {
        return roles.stream().map(Role::name).distinct().sorted().toList();
    }

    private static User present(UserTable.Row user) {
        return new User(
                        user.id(),
                        user.name(),
                        user.roles(),
                        user.enabled(),
                        user.oneTime(),
                        user.issuer() == null ? User.SignInEnum.PASSWORD : User.SignInEnum.PROVIDER,
                        at(user.createdAt()))
                .lastSignInAt(user.lastSignInAt() == null ? null : at(user.lastSignInAt()));
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
