package io.expunge.intake;

import static io.expunge.intake.Bodies.required;

import io.expunge.api.NewErasureRequest;
import io.expunge.notify.Callbacks;
import io.expunge.shared.Problem;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a DeleteRequest of <a href="https://github.com/ketch-com/ketch-forwarder">Ketch's forwarder</a>, version dsr/v1. */
final class KetchReader {

    static final String VERSION = "dsr/v1";

    private static final Pattern UID = Pattern.compile("[0-9A-Za-z_-]{1,100}");
    private static final Pattern TENANT = Pattern.compile("[0-9A-Za-z_.-]{1,100}");
    private static final Pattern HEADER = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}");
    private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]{0,8192}");
    private static final Set<String> OURS = Set.of(
            "connection",
            "content-length",
            "content-type",
            "expect",
            "host",
            "http2-settings",
            "keep-alive",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "user-agent");
    private static final int MOST_IDENTITIES = 1_000;
    private static final int MOST_CALLBACKS = 10;
    private static final int MOST_HEADERS = 20;

    private final List<Identity> identities;
    private final Regulations regulations;
    private final Callbacks callbacks;

    KetchReader(List<Identity> identities, Regulations regulations, Callbacks callbacks) {
        this.identities = identities;
        this.regulations = regulations;
        this.callbacks = callbacks;
    }

    private record Named(
            @Nullable String identitySpace,
            @Nullable String identityFormat,
            @Nullable String identityValue) {}

    private record Callback(@Nullable String url, @Nullable Map<String, @Nullable String> headers) {}

    private record Metadata(@Nullable String uid, @Nullable String tenant) {}

    private record Request(
            @Nullable String regulation,
            @Nullable List<@Nullable Named> identities,
            @Nullable List<@Nullable Callback> callbacks,
            @Nullable Long submittedTimestamp,
            @Nullable Long dueTimestamp) {}

    private record Message(
            @Nullable String apiVersion,
            @Nullable String kind,
            @Nullable Request request) {}

    /** What is read first, so that it is known whatever is wrong with the rest. */
    private record Envelope(@Nullable Metadata metadata) {}

    /**
     * Reads a message.
     *
     * @param known hears the metadata as soon as they are known, since refusals repeat them
     * @throws Problem 400 naming the field without its value, or 501 (see {@link KetchErrors}) for another kind of request
     */
    KetchRequest read(byte[] raw, Consumer<KetchMetadata> known) {
        var given = required(
                "metadata", Bodies.parse(Bodies.LENIENT, raw, Envelope.class).metadata());
        var metadata = new KetchMetadata(
                matching("metadata.uid", given.uid(), UID), matching("metadata.tenant", given.tenant(), TENANT));
        known.accept(metadata);
        var message = Bodies.parse(Bodies.LENIENT, raw, Message.class);
        if (!VERSION.equals(message.apiVersion())) {
            throw Problem.invalid("apiVersion", "must be " + VERSION);
        }
        if (!"DeleteRequest".equals(required("kind", message.kind()))) {
            throw new Problem(Problem.Kind.UNSUPPORTED, KetchErrors.UNIMPLEMENTED, "kind must be DeleteRequest");
        }
        var request = required("request", message.request());
        var erasure = new NewErasureRequest(
                        regulations.of("request.regulation", request.regulation()),
                        time("request.submittedTimestamp", request.submittedTimestamp()))
                .externalId(metadata.uid())
                .subjects(people(request.identities()));
        if (request.dueTimestamp() != null) {
            erasure.dueAt(time("request.dueTimestamp", request.dueTimestamp()));
        }
        return new KetchRequest(metadata, erasure, callbacks(request.callbacks()));
    }

    private static String matching(String field, @Nullable String text, Pattern pattern) {
        if (!pattern.matcher(required(field, text)).matches()) {
            throw Problem.invalid(field, "must be at most 100 letters, digits and dashes");
        }
        return Objects.requireNonNull(text);
    }

    private static OffsetDateTime time(String field, @Nullable Long seconds) {
        try {
            return Instant.ofEpochSecond(required(field, seconds)).atOffset(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw Problem.invalid(field, "must be seconds since 1970");
        }
    }

    /** Ketch sends every identity that it knows of a person; those that nobody here is known by are passed over. */
    private List<String> people(@Nullable List<@Nullable Named> given) {
        var all = required("request.identities", given);
        if (all.size() > MOST_IDENTITIES) {
            throw Problem.invalid("request.identities", "must name at most " + MOST_IDENTITIES);
        }
        var people = new LinkedHashSet<String>();
        for (int i = 0; i < all.size(); i++) {
            var field = "request.identities[" + i + "]";
            var one = required(field, all.get(i));
            var identity = new Identity(
                    required(field + ".identitySpace", one.identitySpace()),
                    one.identityFormat() == null || one.identityFormat().isBlank() ? "raw" : one.identityFormat());
            if (identities.contains(identity)) {
                people.add(identity.value(field + ".identityValue", one.identityValue()));
            }
        }
        return new ArrayList<>(people);
    }

    private Map<String, Map<String, String>> callbacks(@Nullable List<@Nullable Callback> given) {
        var all = Objects.requireNonNullElse(given, List.<@Nullable Callback>of());
        if (all.size() > MOST_CALLBACKS) {
            throw Problem.invalid("request.callbacks", "must name at most " + MOST_CALLBACKS);
        }
        var read = new LinkedHashMap<String, Map<String, String>>();
        for (int i = 0; i < all.size(); i++) {
            var field = "request.callbacks[" + i + "]";
            var one = required(field, all.get(i));
            var url = callbacks.checked(field + ".url", required(field + ".url", one.url()));
            read.put(url, headers(field + ".headers", one.headers()));
        }
        return read;
    }

    private static Map<String, String> headers(String field, @Nullable Map<String, @Nullable String> given) {
        var all = Objects.requireNonNullElse(given, Map.<String, @Nullable String>of());
        if (all.size() > MOST_HEADERS) {
            throw Problem.invalid(field, "must have at most " + MOST_HEADERS);
        }
        var read = new LinkedHashMap<String, String>();
        all.forEach((name, value) -> {
            if (!HEADER.matcher(name).matches()
                    || value == null
                    || !PRINTABLE.matcher(value).matches()) {
                throw Problem.invalid(field, "must be headers of HTTP");
            }
            if (!OURS.contains(name.toLowerCase(Locale.ROOT))) {
                read.put(name, value);
            }
        });
        return read;
    }
}
