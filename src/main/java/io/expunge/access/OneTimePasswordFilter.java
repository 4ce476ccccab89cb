package io.expunge.access;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/** Whoever signed in with a password for one use sees nothing but the page where it is changed. */
class OneTimePasswordFilter extends OncePerRequestFilter {

    private static final String PASSWORD_PAGE = "/console/password";
    private static final Set<String> OPEN = Set.of(PASSWORD_PAGE, "/console/sign-out");

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        var path = request.getRequestURI();
        return !path.startsWith("/console") || OPEN.contains(path);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (SecurityContextHolder.getContext().getAuthentication() instanceof ConsoleSession session
                && session.oneTime()) {
            response.sendRedirect(PASSWORD_PAGE);
        } else {
            chain.doFilter(request, response);
        }
    }
}
