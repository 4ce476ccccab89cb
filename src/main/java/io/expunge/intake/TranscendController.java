package io.expunge.intake;

import static io.expunge.intake.Bodies.required;

import io.expunge.api.NewErasureRequest;
import io.expunge.erasure.Standing;
import io.expunge.erasure.Standing.Stage;
import io.expunge.intake.Filings.Order;
import io.expunge.shared.Problem;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Takes Transcend's <a href="https://docs.transcend.io/docs/api-reference/webhook/new-privacy-request-job">server
 * webhook</a>, one for each identifier of a person: 200 if it will be confirmed, 204 if nobody of that name is known.
 */
@ConditionalOnProperty("expunge.transcend.sombra-url")
@RestController
@RequestMapping(TranscendController.ROOT)
class TranscendController {

    static final String ROOT = "/transcend/v1";

    private static final Pattern NONCE = Pattern.compile("[0-9A-Za-z._~+/=-]{1,8192}");
    private static final int LONGEST = 512;
    private static final int LONGEST_LINK = 2_048;

    private final Filings filings;
    private final TranscendTokens tokens;
    private final TranscendSettings settings;
    private final String silo;
    private final Regulations regulations = new Regulations("expunge.transcend", Map.of(), null);
    private final Clock clock;

    TranscendController(Filings filings, TranscendSettings settings, Clock clock) {
        this.filings = filings;
        this.settings = settings;
        this.silo = OwnAddress.checked("expunge.transcend.sombra-url", Objects.requireNonNull(settings.sombraUrl()))
                + "/v1/data-silo";
        this.clock = clock;
        if (settings.signingKeys().isEmpty() || settings.audience() == null || settings.apiKey() == null) {
            throw new IllegalStateException(
                    "expunge.transcend.sombra-url needs expunge.transcend.signing-keys, .audience and .api-key beside it");
        }
        this.tokens = new TranscendTokens(settings.signingKeys(), settings.audience(), settings.tokenAge(), clock);
    }

    private record CoreIdentifier(@Nullable String value) {}

    private record Profile(@Nullable String identifier) {}

    private record Request(@Nullable String link) {}

    private record Extras(
            @Nullable Profile profile, @Nullable Request request) {}

    private record Body(
            @Nullable String type,
            @Nullable CoreIdentifier coreIdentifier,
            @Nullable Extras extras) {}

    @PostMapping("/requests")
    ResponseEntity<Map<String, ?>> receive(HttpServletRequest http) throws IOException {
        var genuine = tokens.requireGenuine(http.getHeader("x-sombra-token"));
        var nonce = http.getHeader("x-transcend-nonce");
        if (nonce == null || !NONCE.matcher(nonce).matches()) {
            throw Problem.invalid("x-transcend-nonce", "must be a token");
        }
        var body = Bodies.parse(Bodies.LENIENT, Bodies.read(http.getInputStream()), Body.class);
        if (!"ERASURE".equals(required("type", body.type()))) {
            throw Problem.invalid("type", "must be ERASURE; nothing else is supported here");
        }
        var core = required("coreIdentifier", body.coreIdentifier());
        if (genuine != null && !genuine.equals(core.value())) {
            throw Problem.invalid("coreIdentifier.value", "is not what x-sombra-token was made for");
        }
        var standing = filings.file(order(body, nonce)).standing();
        return nobody(standing)
                ? ResponseEntity.noContent()
                        .cacheControl(CacheControl.noStore())
                        .build()
                : ResponseEntity.ok()
                        .contentType(MediaType.APPLICATION_JSON)
                        .cacheControl(CacheControl.noStore())
                        .body(Map.of("requestId", standing.id().toString()));
    }

    private static boolean nobody(Standing standing) {
        return standing.stage() == Stage.COMPLETED && standing.records() == 0;
    }

    private Order order(Body body, String nonce) {
        var extras = required("extras", body.extras());
        var identifier = Bodies.bounded(
                "extras.profile.identifier",
                required(
                        "extras.profile.identifier",
                        required("extras.profile", extras.profile()).identifier()),
                LONGEST);
        var link = extras.request() == null ? null : extras.request().link();
        // the nonce is made anew when a webhook is sent again; the request that it belongs to is not
        var key = link == null ? nonce : Bodies.bounded("extras.request.link", link, LONGEST_LINK);
        return new Order(
                TranscendMessages.PROTOCOL,
                key + "\u001f" + identifier.strip(),
                "extras.request.link",
                null,
                new NewErasureRequest(
                                regulations.of("regulation", settings.regulation()),
                                clock.instant().minus(settings.lead()).atOffset(ZoneOffset.UTC))
                        .subjects(List.of(identifier.strip())),
                List.of(silo),
                own -> "",
                nonce,
                true,
                TranscendController::nobody);
    }

    @RequestMapping("/**")
    void elsewhere() {
        throw new Problem(Problem.Kind.NOT_FOUND, "no-such-resource", "there is no such resource");
    }
}
