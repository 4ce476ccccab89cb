package io.expunge.intake;

import java.util.List;
import java.util.Map;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Refusals as OpenDSR has them, section 6.6. */
@ConditionalOnProperty("expunge.opendsr.domain")
@RestControllerAdvice(assignableTypes = OpenDsrController.class)
@Order(Ordered.HIGHEST_PRECEDENCE)
class OpenDsrErrors extends ForeignErrors {

    private final String domain;

    OpenDsrErrors(OpenDsrSigner signer) {
        super(OpenDsrController.ROOT);
        this.domain = signer.domain();
    }

    @Override
    String said(String message) {
        return message.replace("submittedAt", "submitted_time");
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
    Map<String, ?> error(HttpStatus status, String reason, String message) {
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
