package io.expunge.intake;

import io.expunge.erasure.Erasures;
import io.expunge.erasure.Standing;
import io.expunge.erasure.Standing.Stage;
import io.expunge.intake.ForeignRequests.Foreign;
import io.expunge.notify.CallbackSigner;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * What <a href="https://github.com/ethyca/fides">Fides</a> is told. Its callback knows no failure: of a request that was
 * withdrawn or refused it hears nothing, and marks its task as failed when it has waited long enough.
 */
@ConditionalOnBooleanProperty("expunge.fides.enabled")
@Component
class FidesMessages implements Teller, CallbackSigner {

    static final String PROTOCOL = "fides";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Erasures erasures;

    FidesMessages(Erasures erasures) {
        this.erasures = erasures;
    }

    /** It is called back where the operator says that it is. */
    @Override
    public boolean trusted() {
        return true;
    }

    @Override
    public String protocol() {
        return PROTOCOL;
    }

    @Override
    public Optional<String> body(Foreign one, Standing standing, String url) {
        return standing.stage() == Stage.COMPLETED
                ? Optional.of(JSON.writeValueAsString(Map.of("rows_masked", standing.records())))
                : Optional.empty();
    }

    /** The token came with the request and opens its task in Fides. */
    @Override
    public Optional<Map<String, String>> headers(UUID subject, String url, byte[] body) {
        return erasures.reply(subject).map(token -> Map.of("Authorization", "Bearer " + token));
    }

    /** Where a request stands: {@code completed} is the one word that a poll waits for. */
    static Map<String, ?> status(Standing standing) {
        var status = new LinkedHashMap<String, Object>();
        status.put("correlation_id", standing.id().toString());
        status.put("status", standing.stage().name().toLowerCase(Locale.ROOT));
        status.put("due_at", standing.dueAt().toString());
        status.put("rows_masked", standing.stage() == Stage.COMPLETED ? standing.records() : 0);
        return status;
    }
}
