package io.expunge.intake;

import io.expunge.shared.Problem;
import java.util.Map;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Refusals of webhooks: Transcend looks at the status alone and shows the rest to whoever set it up. */
@ConditionalOnProperty("expunge.transcend.sombra-url")
@RestControllerAdvice(assignableTypes = TranscendController.class)
@Order(Ordered.HIGHEST_PRECEDENCE)
class TranscendErrors extends ForeignErrors {

    TranscendErrors() {
        super(TranscendController.ROOT);
    }

    @Override
    HttpStatus status(Problem problem) {
        return problem.kind() == Problem.Kind.UNAUTHENTICATED ? problem.status() : super.status(problem);
    }

    @Override
    Map<String, ?> error(HttpStatus status, String reason, String message) {
        return Map.of("error", message, "reason", reason);
    }
}
