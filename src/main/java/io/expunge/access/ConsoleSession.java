package io.expunge.access;

import io.expunge.audit.Actor;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/** Somebody who signed in, and since when, under which of the user's passwords. */
final class ConsoleSession extends AbstractAuthenticationToken {

    private final transient Actor actor;
    private final UUID user;
    private final int credential;
    private final Instant since;
    private final boolean oneTime;
    private final boolean ofProvider;

    private ConsoleSession(Actor actor, UUID user, int credential, Instant since, boolean oneTime, boolean ofProvider) {
        super(actor.roles().stream()
                .map(role -> new SimpleGrantedAuthority("ROLE_" + role))
                .toList());
        this.actor = actor;
        this.user = user;
        this.credential = credential;
        this.since = since;
        this.oneTime = oneTime;
        this.ofProvider = ofProvider;
        setAuthenticated(true);
    }

    static ConsoleSession begin(UserTable.Row user, Instant at) {
        return of(user, user.credential(), at);
    }

    /** A session that began then, under that password, with the roles that the user has now. */
    static ConsoleSession of(UserTable.Row user, int credential, Instant since) {
        return new ConsoleSession(actor(user), user.id(), credential, since, user.oneTime(), user.issuer() != null);
    }

    /** The same session after its user changed the password. */
    ConsoleSession under(int changed) {
        return new ConsoleSession(actor, user, changed, since, false, ofProvider);
    }

    private static Actor actor(UserTable.Row user) {
        var roles = user.roles().stream().map(Enum::name).collect(java.util.stream.Collectors.toSet());
        return new Actor(user.controller(), user.zone(), "user:" + user.id(), roles);
    }

    UUID user() {
        return user;
    }

    int credential() {
        return credential;
    }

    Instant since() {
        return since;
    }

    /** Whether the password must be changed before anything else. */
    boolean oneTime() {
        return oneTime;
    }

    /** Whether an identity provider signed the user in. */
    boolean ofProvider() {
        return ofProvider;
    }

    @Override
    public Object getPrincipal() {
        return actor;
    }

    @Override
    public String getCredentials() {
        return "";
    }

    @Override
    public String getName() {
        return actor.name();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
