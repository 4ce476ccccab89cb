package io.expunge.intake;

import static io.expunge.intake.Bodies.required;

import io.expunge.api.NewErasureRequest;
import io.expunge.intake.Filings.Order;
import io.expunge.shared.Problem;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** What the connector for <a href="https://github.com/ethyca/fides">Fides</a> in {@code docs/fides} speaks to. */
@ConditionalOnBooleanProperty("expunge.fides.enabled")
@RestController
@RequestMapping(FidesController.ROOT)
class FidesController {

    static final String ROOT = "/fides/v1";

    private static final JsonMapper JSON = Bodies.LENIENT
            .rebuild()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();
    /** The only place where Fides is called back. */
    private static final String CALLBACK = "/api/v1/request-task/callback";

    private static final Pattern TOKEN = Pattern.compile("[0-9A-Za-z._~+/=-]{1,8192}");
    private static final int MOST_PEOPLE = 100;
    private static final int LONGEST = 512;

    private final Filings filings;
    private final String base;
    private final FidesSettings settings;
    private final Regulations regulations;
    private final Clock clock;

    FidesController(Filings filings, FidesSettings settings, Clock clock) {
        this.filings = filings;
        this.base = settings.url() == null ? "" : OwnAddress.checked("expunge.fides.url", settings.url());
        this.settings = settings;
        this.regulations = new Regulations("expunge.fides", Map.of(), null);
        this.clock = clock;
    }

    private record Body(
            @Nullable String privacyRequestId,
            @Nullable List<@Nullable String> subjects,
            @Nullable String regulation,
            @Nullable String submittedAt) {}

    /** Tells whoever sets the connector up that its key is good. */
    @GetMapping
    ResponseEntity<Map<String, ?>> here() {
        return answer(Map.of("service", "expunge"));
    }

    @PostMapping("/erasures")
    ResponseEntity<Map<String, ?>> create(HttpServletRequest http) throws IOException {
        var body = Bodies.parse(JSON, Bodies.read(http.getInputStream()), Body.class);
        var id = Bodies.bounded("privacy_request_id", required("privacy_request_id", body.privacyRequestId()), 100);
        var people = people(body.subjects());
        var erasure = new NewErasureRequest(
                        regulations.of(
                                "regulation", body.regulation() == null ? settings.regulation() : body.regulation()),
                        submitted(body.submittedAt()))
                .externalId(id)
                .subjects(people);
        var path = http.getHeader("reply-to");
        return answer(FidesMessages.status(filings.file(new Order(
                        FidesMessages.PROTOCOL,
                        // Fides asks once for each identity, and says nothing of when the person asked
                        id + "\u001f" + String.join("\u001f", people),
                        "privacy_request_id",
                        null,
                        erasure,
                        path == null ? List.of() : List.of(callback(path)),
                        own -> "",
                        path == null ? null : token(http.getHeader("reply-to-token")),
                        body.submittedAt() == null,
                        null))
                .standing()));
    }

    @GetMapping("/erasures/{id}")
    ResponseEntity<Map<String, ?>> status(@PathVariable String id) {
        var seen = filings.find(FidesMessages.PROTOCOL, id)
                .orElseThrow(() -> new Problem(Problem.Kind.NOT_FOUND, "erasure-not-found", "no such erasure"));
        return switch (seen.standing().stage()) {
            // a poll ends at the one word or at an error
            case CANCELLED -> throw new Problem(Problem.Kind.GONE, "withdrawn", "erasure " + id + " was withdrawn");
            case REFUSED ->
                throw new Problem(
                        Problem.Kind.GONE,
                        "refused",
                        "erasure " + id + " was refused: " + seen.standing().refusalGround());
            case PENDING, IN_PROGRESS, COMPLETED -> answer(FidesMessages.status(seen.standing()));
        };
    }

    @RequestMapping("/**")
    void elsewhere() {
        throw new Problem(Problem.Kind.NOT_FOUND, "no-such-resource", "there is no such resource");
    }

    private static ResponseEntity<Map<String, ?>> answer(Map<String, ?> body) {
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .cacheControl(CacheControl.noStore())
                .body(body);
    }

    /** A connector that asks for several identities leaves empty those that a person did not give. */
    private static List<String> people(@Nullable List<@Nullable String> given) {
        var all = required("subjects", given);
        if (all.size() > MOST_PEOPLE) {
            throw Problem.invalid("subjects", "must name at most " + MOST_PEOPLE);
        }
        var people = new LinkedHashSet<String>();
        for (int i = 0; i < all.size(); i++) {
            var one = all.get(i);
            if (one != null && !one.isBlank()) {
                people.add(Bodies.bounded("subjects[" + i + "]", one.strip(), LONGEST));
            }
        }
        if (people.isEmpty()) {
            throw Problem.invalid("subjects", "must name at least one person");
        }
        return new ArrayList<>(people);
    }

    private OffsetDateTime submitted(@Nullable String text) {
        if (text == null) {
            return clock.instant().minus(settings.lead()).atOffset(ZoneOffset.UTC);
        }
        try {
            return OffsetDateTime.parse(text);
        } catch (DateTimeParseException e) {
            throw Problem.invalid("submitted_at", "must be a time of RFC 3339, as in 2026-01-31T12:00:00Z");
        }
    }

    private String callback(String path) {
        if (settings.url() == null) {
            throw Problem.invalid("reply-to", "cannot be answered: expunge.fides.url is not set");
        }
        if (!path.equals(CALLBACK)) {
            throw Problem.invalid("reply-to", "must be " + CALLBACK);
        }
        return base + path;
    }

    private static String token(@Nullable String text) {
        if (text == null || !TOKEN.matcher(text).matches()) {
            throw Problem.invalid("reply-to-token", "must be a token beside reply-to");
        }
        return text;
    }
}
