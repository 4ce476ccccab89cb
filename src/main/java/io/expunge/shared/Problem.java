package io.expunge.shared;

import java.net.URI;
import java.util.List;
import org.springframework.http.HttpStatus;

/** A refusal that the caller can act on; rendered as application/problem+json (RFC 9457). */
public class Problem extends RuntimeException {

    /** Why the caller is refused. */
    public enum Kind {
        INVALID(HttpStatus.BAD_REQUEST),
        UNAUTHENTICATED(HttpStatus.UNAUTHORIZED),
        FORBIDDEN(HttpStatus.FORBIDDEN),
        NOT_FOUND(HttpStatus.NOT_FOUND),
        CONFLICT(HttpStatus.CONFLICT),
        GONE(HttpStatus.GONE),
        STALE(HttpStatus.PRECONDITION_FAILED),
        TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE),
        UNSUPPORTED(HttpStatus.UNSUPPORTED_MEDIA_TYPE),
        REFUSED(HttpStatus.UNPROCESSABLE_CONTENT),
        NO_SPACE(HttpStatus.INSUFFICIENT_STORAGE),
        UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE);

        private final HttpStatus status;

        Kind(HttpStatus status) {
            this.status = status;
        }

        HttpStatus status() {
            return status;
        }
    }

    private static final String TYPES = "https://expunge.io/problems/";

    private final Kind kind;
    private final String slug;
    private final transient List<FieldProblem> fields;

    /**
     * A refusal.
     *
     * @param slug last part of the stable type URI, for instance {@code model-not-found}
     * @param detail a sentence for a person, with ids and values but without personal data
     */
    public Problem(Kind kind, String slug, String detail, FieldProblem... fields) {
        this(kind, slug, detail, List.of(fields));
    }

    public Problem(Kind kind, String slug, String detail, List<FieldProblem> fields) {
        super(detail);
        this.kind = kind;
        this.slug = slug;
        this.fields = List.copyOf(fields);
    }

    /** A 422 about a single field. */
    public static Problem refused(String slug, String field, String reason) {
        return new Problem(Kind.REFUSED, slug, field + " " + reason, new FieldProblem(field, reason));
    }

    /** A 400 about a single field. */
    public static Problem invalid(String field, String reason) {
        return new Problem(Kind.INVALID, "invalid-field", field + " " + reason, new FieldProblem(field, reason));
    }

    /** A 404; the same answer whether the thing does not exist or belongs to another controller. */
    public static Problem notFound(String what, Object id) {
        return new Problem(Kind.NOT_FOUND, what.replace(' ', '-') + "-not-found", "no " + what + " " + id);
    }

    public static Problem conflict(String slug, String detail) {
        return new Problem(Kind.CONFLICT, slug, detail);
    }

    public Kind kind() {
        return kind;
    }

    /** The reason in one word. */
    public String slug() {
        return slug;
    }

    URI type() {
        return URI.create(TYPES + slug);
    }

    /** What HTTP says for it. */
    public HttpStatus status() {
        return kind.status();
    }

    /** What was wrong with which field; empty where no field was. */
    public List<FieldProblem> fields() {
        return fields;
    }
}
