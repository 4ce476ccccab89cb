package io.expunge.intake;

import io.expunge.access.ForeignProtocol;
import io.expunge.shared.Problem;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import tools.jackson.databind.json.JsonMapper;

/** Refusals in the shape of another protocol; none repeats what was sent. */
abstract class ForeignErrors implements ForeignProtocol {

    private static final Logger log = LoggerFactory.getLogger(ForeignErrors.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final String root;

    /** @param root where all its resources are */
    ForeignErrors(String root) {
        this.root = root;
    }

    /** The protocol's error object. */
    abstract Map<String, ?> error(HttpStatus status, String reason, String message);

    /** What the protocol wants for it; many know no more than that a request is bad. */
    HttpStatus status(Problem problem) {
        return switch (problem.kind()) {
            case NOT_FOUND, GONE, TOO_LARGE, UNAVAILABLE, NO_SPACE -> problem.status();
            default -> HttpStatus.BAD_REQUEST;
        };
    }

    /** A field by the name that it has there. */
    String said(String message) {
        return message;
    }

    @ExceptionHandler
    ResponseEntity<Map<String, ?>> refused(Problem problem) {
        return answer(status(problem), problem.slug(), said(String.valueOf(problem.getMessage())));
    }

    @ExceptionHandler({
        DataAccessResourceFailureException.class,
        CannotCreateTransactionException.class,
        QueryTimeoutException.class,
        OptimisticLockingFailureException.class
    })
    ResponseEntity<Map<String, ?>> databaseAway(Exception e) {
        log.warn("the database did not answer: {}", e.getClass().getSimpleName());
        return answer(
                HttpStatus.SERVICE_UNAVAILABLE,
                "database-unavailable",
                "the database does not answer, or something else changed it; send it again");
    }

    /** Only where it happened goes to the log, since a message may hold what was sent. */
    @ExceptionHandler
    ResponseEntity<Map<String, ?>> broken(RuntimeException e) {
        if (e instanceof AccessDeniedException denied) {
            throw denied;
        }
        var place = e.getStackTrace().length == 0 ? "" : e.getStackTrace()[0].toString();
        log.error("a request under {} failed: {} at {}", root, e.getClass().getName(), place);
        return answer(HttpStatus.INTERNAL_SERVER_ERROR, "internal-error", "this is our fault; it was logged");
    }

    private ResponseEntity<Map<String, ?>> answer(HttpStatus status, String reason, String message) {
        var answer = ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_JSON)
                .cacheControl(CacheControl.noStore());
        if (status == HttpStatus.SERVICE_UNAVAILABLE) {
            answer.header("Retry-After", "1");
        }
        return answer.body(error(status, reason, message));
    }

    @Override
    public RequestMatcher paths() {
        return PathPatternRequestMatcher.withDefaults().matcher(root + "/**");
    }

    @Override
    public RequestMatcher openPaths() {
        return request -> false;
    }

    @Override
    public void refuse(HttpServletResponse response, HttpStatus status, String slug, String detail) throws IOException {
        response.setStatus(status.value());
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.setCharacterEncoding(StandardCharsets.UTF_8);
        response.setHeader("Cache-Control", "no-store");
        response.getWriter().write(JSON.writeValueAsString(error(status, slug, detail)));
    }
}
