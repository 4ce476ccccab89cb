package io.expunge.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.context.HttpRequestResponseHolder;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.stereotype.Component;

/**
 * Keeps of whoever signed in an id, a count of passwords and a time, and looks everything else up at each request: roles that
 * were taken are gone at the next page, and whoever was disabled, has another password or signed in too long ago signs in
 * again.
 */
@Component
class SessionStore implements SecurityContextRepository {

    private static final String SIGNED_IN = "expunge.signed-in";

    private final UserLookup users;
    private final AccessSettings settings;
    private final Clock clock;

    SessionStore(UserLookup users, AccessSettings settings, Clock clock) {
        this.users = users;
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    @SuppressWarnings("deprecation") // the one method that must be there
    public SecurityContext loadContext(HttpRequestResponseHolder holder) {
        var context = SecurityContextHolder.createEmptyContext();
        var session = holder.getRequest().getSession(false);
        if (session != null && session.getAttribute(SIGNED_IN) instanceof String text) {
            read(text).ifPresentOrElse(context::setAuthentication, session::invalidate);
        }
        return context;
    }

    private Optional<ConsoleSession> read(String text) {
        var parts = text.split(" ", -1);
        int credential = Integer.parseInt(parts[1]);
        var since = Instant.ofEpochMilli(Long.parseLong(parts[2]));
        return user(UUID.fromString(parts[0]), credential)
                .filter(UserTable.Row::enabled)
                .filter(this::mayStillSignIn)
                .filter(user -> user.credential() <= credential)
                .filter(user -> clock.instant().isBefore(since.plus(settings.longestSession())))
                .map(user -> ConsoleSession.of(user, credential, since));
    }

    /** What this process knows of the user may be older than the session, which another one has changed. */
    private Optional<UserTable.Row> user(UUID id, int credential) {
        var known = users.user(id);
        if (known.isPresent() && known.get().credential() < credential) {
            users.forget(id);
            return users.user(id);
        }
        return known;
    }

    /** By the way that the user came in, which the settings may have closed since. */
    private boolean mayStillSignIn(UserTable.Row user) {
        var oidc = settings.oidc();
        return user.issuer() == null
                ? settings.localUsers()
                : oidc != null && user.issuer().equals(oidc.issuer());
    }

    @Override
    public void saveContext(SecurityContext context, HttpServletRequest request, HttpServletResponse response) {
        if (context.getAuthentication() instanceof ConsoleSession signedIn) {
            var session = request.getSession();
            session.setAttribute(
                    SIGNED_IN,
                    signedIn.user() + " " + signedIn.credential() + " "
                            + signedIn.since().toEpochMilli());
            session.setAttribute(FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME, signedIn.getName());
        } else if (request.getSession(false) != null) {
            request.getSession().removeAttribute(SIGNED_IN);
            request.getSession().removeAttribute(FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME);
        }
    }

    @Override
    public boolean containsContext(HttpServletRequest request) {
        var session = request.getSession(false);
        return session != null && session.getAttribute(SIGNED_IN) != null;
    }
}
