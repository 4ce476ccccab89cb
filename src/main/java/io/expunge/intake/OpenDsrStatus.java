package io.expunge.intake;

import io.expunge.erasure.Standing;
import io.expunge.erasure.Standing.Stage;
import io.expunge.intake.ForeignRequests.Foreign;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Where a request stands, in the words of OpenDSR 2.0, sections 6.3 and 6.5. */
@Component
final class OpenDsrStatus implements Teller {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Override
    public String protocol() {
        return OpenDsr.PROTOCOL;
    }

    @Override
    public Optional<String> body(Foreign one, Standing standing, String url) {
        var body = of(one, standing);
        body.put("status_callback_url", url);
        return Optional.of(JSON.writeValueAsString(body));
    }

    /** A body that may be added to. */
    static Map<String, Object> of(Foreign one, Standing standing) {
        var body = new LinkedHashMap<String, Object>();
        body.put("controller_id", one.controllerId().toString());
        body.put("subject_request_id", one.foreignId());
        body.put("request_status", word(standing.stage()));
        body.put("expected_completion_time", standing.dueAt().toString());
        body.put("api_version", OpenDsr.VERSION);
        if (standing.stage() == Stage.COMPLETED) {
            body.put("results_url", one.context());
            body.put("results_count", standing.records());
        }
        return body;
    }

    /** The protocol has no word for a refusal: whoever was refused is told that nothing is done for them. */
    private static String word(Stage stage) {
        return switch (stage) {
            case PENDING -> "pending";
            case IN_PROGRESS -> "in_progress";
            case COMPLETED -> "completed";
            case CANCELLED, REFUSED -> "cancelled";
        };
    }
}
