package io.expunge.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;

/** A user's change of the own password: this session goes on under a new id, all others of the user end. */
@Component
public class OwnPassword {

    private final Users users;
    private final SessionStore store;
    private final OpenSessions sessions;

    OwnPassword(Users users, SessionStore store, OpenSessions sessions) {
        this.users = users;
        this.store = store;
        this.sessions = sessions;
    }

    /**
     * Changes the password of whoever is signed in.
     *
     * @throws io.expunge.shared.Problem naming {@code current} or {@code next}
     */
    public void change(HttpServletRequest request, HttpServletResponse response, String current, String next) {
        int credential = users.changePassword(current, next);
        if (SecurityContextHolder.getContext().getAuthentication() instanceof ConsoleSession session) {
            sessions.endOthers(session.user(), request.getSession().getId());
            request.changeSessionId();
            var context = SecurityContextHolder.createEmptyContext();
            context.setAuthentication(session.under(credential));
            SecurityContextHolder.setContext(context);
            store.saveContext(context, request, response);
        }
    }
}
