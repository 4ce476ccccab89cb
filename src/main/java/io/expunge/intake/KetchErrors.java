package io.expunge.intake;

import io.expunge.shared.Problem;
import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/** Refusals as Ketch's forwarder has them. */
@ConditionalOnBooleanProperty("expunge.ketch.enabled")
@RestControllerAdvice(assignableTypes = KetchController.class)
@Order(Ordered.HIGHEST_PRECEDENCE)
class KetchErrors extends ForeignErrors {

    /** The reason for refusing another kind of request. */
    static final String UNIMPLEMENTED = "kind-not-supported";

    private static final String METADATA = KetchErrors.class.getName();

    KetchErrors() {
        super(KetchController.ROOT);
    }

    /** Keeps what a refusal must repeat. */
    static void remember(HttpServletRequest request, KetchMetadata metadata) {
        request.setAttribute(METADATA, metadata);
    }

    @Override
    HttpStatus status(Problem problem) {
        return switch (problem.kind()) {
            case UNSUPPORTED -> HttpStatus.NOT_IMPLEMENTED;
            case CONFLICT -> HttpStatus.CONFLICT;
            default -> super.status(problem);
        };
    }

    @Override
    String said(String message) {
        return message.replace(
                        "dueAt must be after submittedAt", "request.dueTimestamp must be after submittedTimestamp")
                .replace("submittedAt", "request.submittedTimestamp");
    }

    @Override
    Map<String, ?> error(HttpStatus status, String reason, String message) {
        var attributes = RequestContextHolder.getRequestAttributes();
        var metadata = attributes == null ? null : attributes.getAttribute(METADATA, RequestAttributes.SCOPE_REQUEST);
        var error = new LinkedHashMap<String, Object>();
        error.put("apiVersion", KetchReader.VERSION);
        error.put("kind", "Error");
        error.put("metadata", metadata == null ? Map.of() : metadata);
        error.put("error", Map.of("code", status.value(), "status", word(status), "message", message));
        return error;
    }

    private static String word(HttpStatus status) {
        return switch (status) {
            case UNAUTHORIZED, FORBIDDEN -> "forbidden";
            case NOT_FOUND -> "not_found";
            case CONFLICT -> "conflict";
            case NOT_IMPLEMENTED -> "unimplemented";
            case SERVICE_UNAVAILABLE, INSUFFICIENT_STORAGE -> "unavailable";
            case INTERNAL_SERVER_ERROR -> "internal";
            default -> "invalid";
        };
    }
}
