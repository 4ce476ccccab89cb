package io.expunge.intake;

import io.expunge.erasure.Standing;
import io.expunge.erasure.Standing.Stage;
import io.expunge.intake.ForeignRequests.Foreign;
import java.util.LinkedHashMap;
import java.util.Map;

/** Where a request stands, in the words of OpenDSR 2.0, sections 6.3 and 6.5. */
final class OpenDsrStatus {

    private OpenDsrStatus() {}

    /** A body that may be added to. */
    static Map<String, Object> of(Foreign one, Standing standing) {
        var body = new LinkedHashMap<String, Object>();
        body.put("controller_id", one.controllerId().toString());
        body.put("subject_request_id", one.foreignId().toString());
        body.put("request_status", word(standing.stage()));
        body.put("expected_completion_time", standing.dueAt().toString());
        body.put("api_version", OpenDsr.VERSION);
        if (standing.stage() == Stage.COMPLETED) {
            body.put("results_url", one.resultsUrl());
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
            case DROPPED -> "cancelled";
        };
    }
}
