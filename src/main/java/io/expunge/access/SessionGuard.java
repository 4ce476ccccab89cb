package io.expunge.access;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.util.Set;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Holds a session to what its user may do now: roles that were taken are gone at the next page, and whoever was disabled,
 * has another password or signed in too long ago signs in again.
 */
class SessionGuard extends OncePerRequestFilter {

    static final String PASSWORD_PAGE = "/console/password";

    private static final Set<String> OPEN = Set.of(PASSWORD_PAGE, "/console/sign-out");

    private final UserLookup users;
    private final AccessSettings settings;
    private final Clock clock;

    SessionGuard(UserLookup users, AccessSettings settings, Clock clock) {
        this.users = users;
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (SecurityContextHolder.getContext().getAuthentication() instanceof ConsoleSession session) {
            var user = users.user(session.user())
                    .filter(UserTable.Row::enabled)
                    .filter(found -> found.credential() <= session.credential())
                    .filter(found -> clock.instant().isBefore(session.since().plus(settings.longestSession())));
            var context = SecurityContextHolder.createEmptyContext();
            user.ifPresent(found -> context.setAuthentication(session.as(found)));
            SecurityContextHolder.setContext(context);
            if (user.isEmpty()) {
                request.getSession().invalidate();
            } else if (user.get().oneTime()
                    && request.getRequestURI().startsWith("/console")
                    && !OPEN.contains(request.getRequestURI())) {
                response.sendRedirect(PASSWORD_PAGE);
                return;
            }
        }
        chain.doFilter(request, response);
    }
}
