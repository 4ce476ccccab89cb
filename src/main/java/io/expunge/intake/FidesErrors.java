package io.expunge.intake;

import java.util.Map;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Refusals as Fides itself has them: a sentence under {@code detail}. */
@ConditionalOnBooleanProperty("expunge.fides.enabled")
@RestControllerAdvice(assignableTypes = FidesController.class)
@Order(Ordered.HIGHEST_PRECEDENCE)
class FidesErrors extends ForeignErrors {

    FidesErrors() {
        super(FidesController.ROOT);
    }

    @Override
    String said(String message) {
        return message.replace("submittedAt", "submitted_at");
    }

    @Override
    Map<String, ?> error(HttpStatus status, String reason, String message) {
        return Map.of("detail", message, "reason", reason);
    }
}
