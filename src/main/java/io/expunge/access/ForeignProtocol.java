package io.expunge.access;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpStatus;
import org.springframework.security.web.util.matcher.RequestMatcher;

/** A protocol that others have defined: callers have the same keys, but are answered in its own words. */
public interface ForeignProtocol {

    /** What belongs to it. */
    RequestMatcher paths();

    /** What needs no key. */
    RequestMatcher openPaths();

    /**
     * Answers whoever is not let in.
     *
     * @param slug the reason in one word, as in {@code unauthenticated}
     * @param detail a sentence for a person
     */
    void refuse(HttpServletResponse response, HttpStatus status, String slug, String detail) throws IOException;
}
