package io.expunge.intake;

import io.expunge.erasure.Erasures;
import io.expunge.erasure.Standing;
import io.expunge.intake.ForeignRequests.Foreign;
import io.expunge.notify.CallbackSigner;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** What Transcend is told when a request has ended. */
@ConditionalOnProperty("expunge.transcend.sombra-url")
@Component
class TranscendMessages implements Teller, CallbackSigner {

    static final String PROTOCOL = "transcend";

    private static final int CONFLICT = 409;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Erasures erasures;
    private final @Nullable String apiKey;
    private final @Nullable String sombraKey;

    TranscendMessages(Erasures erasures, TranscendSettings settings) {
        this.erasures = erasures;
        this.apiKey = OwnAddress.secret("expunge.transcend.api-key", settings.apiKey());
        this.sombraKey = OwnAddress.secret("expunge.transcend.sombra-key", settings.sombraKey());
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
    public String method() {
        return "PUT";
    }

    /** Its request has ended there already, by revocation for instance. */
    @Override
    public boolean pointless(int status) {
        return status == CONFLICT;
    }

    @Override
    public Optional<String> body(Foreign one, Standing standing, String url) {
        return switch (standing.stage()) {
            case COMPLETED -> Optional.of("{}");
            case CANCELLED -> said("SKIPPED", "withdrawn");
            case REFUSED -> said("SKIPPED_DUE_TO_EXCEPTION", "refused: " + standing.refusalGround());
            case PENDING, IN_PROGRESS -> Optional.empty();
        };
    }

    private static Optional<String> said(String status, String message) {
        return Optional.of(JSON.writeValueAsString(Map.of("status", status, "message", message)));
    }

    /** The nonce came with the request and opens its job there. */
    @Override
    public Optional<Map<String, String>> headers(UUID subject, String url, byte[] body) {
        return erasures.reply(subject).map(nonce -> {
            var headers = new LinkedHashMap<String, String>();
            headers.put("x-transcend-nonce", nonce);
            headers.put("Authorization", "Bearer " + apiKey);
            if (sombraKey != null) {
                headers.put("x-sombra-authorization", "Bearer " + sombraKey);
            }
            return headers;
        });
    }
}
