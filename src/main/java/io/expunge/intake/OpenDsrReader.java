package io.expunge.intake;

import io.expunge.api.NewErasureRequest;
import io.expunge.api.RecordSelection;
import io.expunge.notify.Callbacks;
import io.expunge.shared.JsonProblems;
import io.expunge.shared.Problem;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** Reads a request of OpenDSR 2.0 (or OpenGDPR), section 6.2 of its specification. */
final class OpenDsrReader {

    private static final Pattern UUID_4 =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    private static final Pattern VERSION = Pattern.compile("[0-2](\\.[0-9]{1,3}){0,2}");
    private static final int MOST_PEOPLE = 10_000;
    private static final int MOST_CALLBACKS = 10;

    /** Fields that nobody knows are passed over, as the specification wants; its own example has a comma too many. */
    private static final JsonMapper JSON = Bodies.LENIENT
            .rebuild()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
            .build();

    private static final JsonMapper STRICT = JSON.rebuild()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final String domain;
    private final List<Identity> identities;
    private final @Nullable String defaultRegulation;
    private final Callbacks callbacks;

    OpenDsrReader(String domain, List<Identity> identities, @Nullable String defaultRegulation, Callbacks callbacks) {
        this.domain = domain;
        this.identities = identities;
        this.defaultRegulation = defaultRegulation;
        this.callbacks = callbacks;
    }

    /** Those that people may be named by. */
    List<Identity> identities() {
        return identities;
    }

    private record Named(
            @Nullable String identityType,
            @Nullable String identityFormat,
            @Nullable String identityValue) {}

    private record Body(
            @Nullable String regulation,
            @Nullable String subjectRequestId,
            @Nullable String subjectRequestType,
            @Nullable List<@Nullable Named> subjectIdentities,
            @Nullable String submittedTime,
            @Nullable String apiVersion,
            @Nullable List<@Nullable String> statusCallbackUrls,
            @Nullable Map<String, JsonNode> extensions) {}

    private record Places(
            @Nullable UUID datasetId, @Nullable List<Integer> ordinals) {}

    /** What only this processor understands: where to look, and records by place. */
    private record Extension(
            @Nullable List<UUID> datasetIds, @Nullable List<Places> records) {}

    /** @throws Problem 400 naming the field, without its value */
    OpenDsrRequest read(byte[] raw) {
        var body = Bodies.parse(JSON, raw, Body.class);
        var id = id("subject_request_id", body.subjectRequestId());
        var type = Bodies.required("subject_request_type", body.subjectRequestType());
        if (!type.equals("erasure")) {
            throw Problem.invalid("subject_request_type", "must be erasure; nothing else is supported here");
        }
        var version = body.apiVersion();
        if (version != null && !VERSION.matcher(version).matches()) {
            throw Problem.invalid("api_version", "must be at most " + OpenDsr.VERSION);
        }
        var erasure = new NewErasureRequest(regulation(body.regulation()), time(body.submittedTime()))
                .externalId(id.toString())
                .subjects(people(body.subjectIdentities()));
        var extensions = body.extensions();
        var own = extensions == null ? null : extensions.get(domain);
        if (own != null) {
            extend(erasure, own);
        }
        if (erasure.getSubjects().isEmpty()
                && Objects.requireNonNullElse(erasure.getRecords(), List.of()).isEmpty()) {
            throw Problem.invalid("subject_identities", "must name at least one person");
        }
        return new OpenDsrRequest(id, erasure, urls(body.statusCallbackUrls()));
    }

    /** The lower-case UUID of version 4 that the specification wants. */
    static UUID id(String field, @Nullable String text) {
        if (!UUID_4.matcher(Bodies.required(field, text)).matches()) {
            throw Problem.invalid(field, "must be a UUID of version 4 in lower case");
        }
        return UUID.fromString(text);
    }

    private NewErasureRequest.RegulationEnum regulation(@Nullable String text) {
        var given = Bodies.required("regulation", text == null ? defaultRegulation : text);
        return switch (given) {
            case "gdpr" -> NewErasureRequest.RegulationEnum.GDPR;
            case "ccpa" -> NewErasureRequest.RegulationEnum.CCPA;
            default -> throw Problem.invalid("regulation", "must be gdpr or ccpa");
        };
    }

    private static OffsetDateTime time(@Nullable String text) {
        try {
            return OffsetDateTime.parse(Bodies.required("submitted_time", text));
        } catch (DateTimeParseException e) {
            throw Problem.invalid("submitted_time", "must be a time of RFC 3339, as in 2026-01-31T12:00:00Z");
        }
    }

    private List<String> people(@Nullable List<@Nullable Named> given) {
        var all = Objects.requireNonNullElse(given, List.<@Nullable Named>of());
        if (all.size() > MOST_PEOPLE) {
            throw Problem.invalid("subject_identities", "must name at most " + MOST_PEOPLE);
        }
        var people = new LinkedHashSet<String>();
        for (int i = 0; i < all.size(); i++) {
            var field = "subject_identities[" + i + "]";
            var one = all.get(i);
            if (one == null) {
                throw Problem.invalid(field, "must not be null");
            }
            var identity = new Identity(
                    Bodies.required(field + ".identity_type", one.identityType()),
                    Bodies.required(field + ".identity_format", one.identityFormat()));
            if (!identities.contains(identity)) {
                throw Problem.invalid(field, "has a type and format that discovery does not list");
            }
            people.add(identity.value(field + ".identity_value", one.identityValue()));
        }
        return new ArrayList<>(people);
    }

    private static void extend(NewErasureRequest erasure, JsonNode own) {
        Extension extension;
        try {
            extension = STRICT.treeToValue(own, Extension.class);
        } catch (JacksonException e) {
            throw JsonProblems.explain(e);
        }
        erasure.datasetIds(Objects.requireNonNullElse(extension.datasetIds(), List.of()));
        var selections = new ArrayList<RecordSelection>();
        for (var places : Objects.requireNonNullElse(extension.records(), List.<Places>of())) {
            if (places == null || places.datasetId() == null || places.ordinals() == null) {
                throw Problem.invalid("extensions.records", "must have dataset_id and ordinals");
            }
            if (places.ordinals().stream().anyMatch(one -> one == null || one < 0)) {
                throw Problem.invalid("extensions.records", "must have ordinals from 0");
            }
            selections.add(new RecordSelection(places.datasetId(), places.ordinals()));
        }
        erasure.records(selections);
    }

    private List<String> urls(@Nullable List<@Nullable String> given) {
        var all = Objects.requireNonNullElse(given, List.<@Nullable String>of());
        if (all.size() > MOST_CALLBACKS) {
            throw Problem.invalid("status_callback_urls", "must name at most " + MOST_CALLBACKS);
        }
        var urls = new LinkedHashSet<String>();
        for (int i = 0; i < all.size(); i++) {
            var field = "status_callback_urls[" + i + "]";
            urls.add(callbacks.checked(field, Bodies.required(field, all.get(i))));
        }
        return List.copyOf(urls);
    }
}
