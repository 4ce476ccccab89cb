package io.expunge.intake;

import static java.util.Map.entry;

import io.expunge.erasure.Erasures;
import io.expunge.erasure.Standing;
import io.expunge.erasure.Standing.Stage;
import io.expunge.intake.ForeignRequests.Foreign;
import io.expunge.notify.CallbackSigner;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** What Ketch is told, and the headers that it wants to be told with. */
@ConditionalOnBooleanProperty("expunge.ketch.enabled")
@Component
class KetchMessages implements Teller, CallbackSigner {

    static final String PROTOCOL = "ketch";

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final TypeReference<Map<String, Map<String, String>>> HEADERS = new TypeReference<>() {};

    /** Grounds of a refusal that Ketch has a word for; the rest is a claim that is not covered. */
    private static final Map<String, String> REASONS = Map.ofEntries(
            entry("identity_not_verified", "insufficient_verification"),
            entry("excessive", "too_many_requests"),
            entry("unfounded", "suspected_fraud"));

    private final Erasures erasures;

    KetchMessages(Erasures erasures) {
        this.erasures = erasures;
    }

    @Override
    public String protocol() {
        return PROTOCOL;
    }

    @Override
    public Optional<String> body(Foreign one, Standing standing, String url) {
        var metadata = new KetchMetadata(one.foreignId(), one.context());
        return Optional.of(JSON.writeValueAsString(message("DeleteStatusEvent", metadata, "event", status(standing))));
    }

    /** The headers came with the request and are nobody's business but the receiver's. */
    @Override
    public Optional<Map<String, String>> headers(UUID subject, String url, byte[] body) {
        return erasures.reply(subject)
                .map(reply -> JSON.readValue(reply, HEADERS).getOrDefault(url, Map.of()));
    }

    static String reply(KetchRequest request) {
        return JSON.writeValueAsString(request.callbacks());
    }

    static Map<String, ?> response(KetchMetadata metadata, Standing standing) {
        return message("DeleteResponse", metadata, "response", status(standing));
    }

    /** Whom none of the identities names, nobody can look for. */
    static Map<String, ?> insufficient(KetchMetadata metadata) {
        return message(
                "DeleteResponse",
                metadata,
                "response",
                Map.of("status", "denied", "reason", "insufficient_identification"));
    }

    private static Map<String, ?> message(String kind, KetchMetadata metadata, String name, Map<String, ?> content) {
        var message = new LinkedHashMap<String, Object>();
        message.put("apiVersion", KetchReader.VERSION);
        message.put("kind", kind);
        message.put("metadata", metadata);
        message.put(name, content);
        return message;
    }

    private static Map<String, ?> status(Standing standing) {
        var status = new LinkedHashMap<String, Object>();
        status.put(
                "status",
                switch (standing.stage()) {
                    case PENDING -> "pending";
                    case IN_PROGRESS -> "in_progress";
                    case COMPLETED -> "completed";
                    case CANCELLED -> "cancelled";
                    case REFUSED -> "denied";
                });
        status.put("reason", reason(standing.stage(), standing.records(), standing.refusalGround()));
        status.put("expectedCompletionTimestamp", standing.dueAt().getEpochSecond());
        status.put("requestID", standing.id().toString());
        return status;
    }

    private static String reason(Stage stage, long records, @Nullable String ground) {
        return switch (stage) {
            case COMPLETED -> records == 0 ? "no_match" : "executed";
            case REFUSED -> ground == null ? "claim_not_covered" : REASONS.getOrDefault(ground, "claim_not_covered");
            case PENDING, IN_PROGRESS, CANCELLED -> "unknown";
        };
    }
}
