package io.expunge.intake;

import io.expunge.access.ForeignProtocol;
import io.expunge.shared.Problem;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import tools.jackson.databind.json.JsonMapper;

/** Refusals as OpenDSR has them, section 6.6; none repeats what was sent. */
@ConditionalOnProperty("expunge.opendsr.domain")
@RestControllerAdvice(assignableTypes = OpenDsrController.class)
@Order(Ordered.HIGHEST_PRECEDENCE)
class OpenDsrErrors implements ForeignProtocol {

    private static final Logger log = LoggerFactory.getLogger(OpenDsrErrors.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final String domain;

    OpenDsrErrors(OpenDsrSigner signer) {
        this.domain = signer.domain();
    }

    @ExceptionHandler
    ResponseEntity<Map<String, ?>> refused(Problem problem) {
        var status = switch (problem.kind()) {
            case NOT_FOUND, TOO_LARGE, UNAVAILABLE, NO_SPACE -> problem.status();
            default -> HttpStatus.BAD_REQUEST;
        };
        var answer = ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_JSON)
                .cacheControl(CacheControl.noStore());
        if (problem.kind() == Problem.Kind.UNAVAILABLE) {
            answer.header("Retry-After", "1");
        }
        // what the API calls submittedAt is submitted_time here
        var said = String.valueOf(problem.getMessage()).replace("submittedAt", "submitted_time");
        return answer.body(error(status, problem.slug(), said));
    }

    @ExceptionHandler({
        DataAccessResourceFailureException.class,
        CannotCreateTransactionException.class,
        QueryTimeoutException.class
    })
    ResponseEntity<Map<String, ?>> databaseAway(Exception e) {
        log.warn("the database did not answer: {}", e.getClass().getSimpleName());
        return refused(new Problem(
                Problem.Kind.UNAVAILABLE, "database-unavailable", "the database does not answer; send it again"));
    }

    @Override
    public RequestMatcher paths() {
        return PathPatternRequestMatcher.withDefaults().matcher(OpenDsrController.ROOT + "/**");
    }

    /** Whoever is called back must be able to find the certificate. */
    @Override
    public RequestMatcher openPaths() {
        var paths = PathPatternRequestMatcher.withDefaults();
        return new OrRequestMatcher(
                paths.matcher(OpenDsrController.ROOT + "/discovery"),
                paths.matcher(OpenDsrController.ROOT + "/certificate.pem"));
    }

    @Override
    public void refuse(HttpServletResponse response, HttpStatus status, String slug, String detail) throws IOException {
        response.setStatus(status.value());
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.setCharacterEncoding(StandardCharsets.UTF_8);
        response.setHeader("Cache-Control", "no-store");
        response.getWriter().write(JSON.writeValueAsString(error(status, slug, detail)));
    }

    private Map<String, ?> error(HttpStatus status, String reason, String message) {
        return Map.of(
                "error",
                Map.of(
                        "code",
                        status.value(),
                        "message",
                        message,
                        "errors",
                        List.of(Map.of("domain", domain, "reason", reason, "message", message))));
    }
}
