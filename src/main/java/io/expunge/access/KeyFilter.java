package io.expunge.access;

import io.expunge.audit.Actor;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.transaction.TransactionException;
import org.springframework.web.filter.OncePerRequestFilter;

/** Makes the caller of a request from the key in its Authorization header. */
class KeyFilter extends OncePerRequestFilter {

    private static final String SCHEME = "Bearer ";

    private final KeyLookup keys;
    private final Refusal refusal;

    KeyFilter(KeyLookup keys, Refusal refusal) {
        this.keys = keys;
        this.refusal = refusal;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var header = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (header != null && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            try {
                keys.actor(header.substring(SCHEME.length()).strip()).ifPresent(KeyFilter::authenticate);
            } catch (DataAccessException | TransactionException e) {
                // nobody's fault and nothing new to the log: whoever cannot be looked up now may be in a second
                response.setHeader(HttpHeaders.RETRY_AFTER, "1");
                refusal.write(
                        request,
                        response,
                        HttpStatus.SERVICE_UNAVAILABLE,
                        "database-unavailable",
                        "the database does not answer; send it again");
                return;
            }
        }
        chain.doFilter(request, response);
    }

    /** Asynchronous answers, such as event streams, keep their caller to the end. */
    @Override
    protected boolean shouldNotFilterAsyncDispatch() {
        return false;
    }

    private static void authenticate(Actor actor) {
        var authorities = actor.roles().stream()
                .map(role -> new SimpleGrantedAuthority("ROLE_" + role))
                .toList();
        var context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(UsernamePasswordAuthenticationToken.authenticated(actor, null, authorities));
        SecurityContextHolder.setContext(context);
    }
}
