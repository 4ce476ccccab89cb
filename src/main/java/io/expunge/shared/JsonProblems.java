package io.expunge.shared;

import java.util.Arrays;
import java.util.Collection;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.InvalidNullException;
import tools.jackson.databind.exc.InvalidTypeIdException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.exc.ValueInstantiationException;

/** Says what is wrong with a JSON body in the caller's words: field names, never class names, never the value. */
public final class JsonProblems {

    private static final Pattern FIELD = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,39}");
    private static final Pattern NAMED = Pattern.compile("([a-z]\\w*) (must .*)");

    private JsonProblems() {}

    /** The refusal for what went wrong while a body was read. */
    public static Problem explain(@Nullable Throwable cause) {
        return switch (cause) {
            case Problem problem -> problem;
            case UnrecognizedPropertyException e ->
                Problem.invalid(path(e), "is not known here; known are " + names(e.getKnownPropertyIds()));
            case InvalidTypeIdException e -> Problem.invalid(path(e), "has a name that is missing or not known here");
            case ValueInstantiationException e
            when e.getType() != null && e.getType().isEnumType() ->
                Problem.invalid(path(e), "must be " + expected(e.getType().getRawClass()));
            case ValueInstantiationException e
            when e.getCause() instanceof IllegalArgumentException why ->
                outOfRange(path(e), String.valueOf(why.getMessage()));
            case InvalidNullException e -> Problem.invalid(path(e), "must not hold null");
            case InvalidFormatException e -> Problem.invalid(path(e), "must be " + expected(e.getTargetType()));
            case MismatchedInputException e -> mismatched(e);
            case DatabindException e
            when e.getCause() instanceof IllegalArgumentException why ->
                outOfRange(path(e), String.valueOf(why.getMessage()));
            case InputCoercionException e ->
                new Problem(
                        Problem.Kind.INVALID,
                        "invalid-field",
                        "a number is out of range: line " + e.getLocation().getLineNr() + ", column "
                                + e.getLocation().getColumnNr());
            case StreamReadException e ->
                new Problem(
                        Problem.Kind.INVALID,
                        "malformed-json",
                        "the body is not JSON: line " + e.getLocation().getLineNr() + ", column "
                                + e.getLocation().getColumnNr());
            case IllegalArgumentException e ->
                new Problem(Problem.Kind.INVALID, "invalid-field", String.valueOf(e.getMessage()));
            case null, default ->
                new Problem(Problem.Kind.INVALID, "malformed-body", "the body is missing or not readable");
        };
    }

    /** Our own records begin what they say with the field they refuse. */
    private static Problem outOfRange(String path, String reason) {
        var said = NAMED.matcher(reason);
        return said.matches()
                ? Problem.invalid(path.equals("body") ? said.group(1) : path + "." + said.group(1), said.group(2))
                : Problem.invalid(path, reason);
    }

    private static Problem mismatched(MismatchedInputException e) {
        var missing = missing(e);
        return missing == null
                ? Problem.invalid(path(e), "must be " + expected(e.getTargetType()))
                : Problem.invalid(missing, "is required");
    }

    private static @Nullable String missing(MismatchedInputException e) {
        var text = String.valueOf(e.getOriginalMessage());
        var start = text.indexOf("property '");
        if (!text.startsWith("Missing ") || start < 0) {
            return null;
        }
        var name = text.substring(start + 10, text.indexOf('\'', start + 10));
        var parent = path(e);
        if (parent.equals("body")) {
            return name;
        }
        return parent.equals(name) || parent.endsWith("." + name) ? parent : parent + "." + name;
    }

    /** A name that the caller made up may be anything, even a person's; only what looks like a field's is repeated. */
    private static String name(@Nullable String given) {
        return given != null && FIELD.matcher(given).matches() ? given : "?";
    }

    private static String path(DatabindException e) {
        var path = new StringBuilder();
        for (var reference : e.getPath()) {
            if (reference.getPropertyName() != null) {
                path.append(path.isEmpty() ? "" : ".").append(name(reference.getPropertyName()));
            } else if (reference.getIndex() >= 0) {
                path.append('[').append(reference.getIndex()).append(']');
            }
        }
        return path.isEmpty() ? "body" : path.toString();
    }

    static String expected(@Nullable Class<?> type) {
        if (type == null) {
            return "of another type";
        }
        if (type.isEnum()) {
            return "one of "
                    + Arrays.stream(type.getEnumConstants())
                            .map(Object::toString)
                            .collect(Collectors.joining(", "));
        }
        if (Collection.class.isAssignableFrom(type)) {
            return "a list";
        }
        return switch (type.getSimpleName()) {
            case "int", "Integer", "long", "Long" -> "a whole number in range";
            case "double", "Double", "float", "Float", "BigDecimal" -> "a number";
            case "UUID" -> "a UUID";
            case "OffsetDateTime", "Instant" -> "an RFC 3339 time";
            case "String" -> "text without the character U+0000";
            case "boolean", "Boolean" -> "true or false";
            default -> "an object of the documented form";
        };
    }

    private static String names(@Nullable Collection<Object> known) {
        return known == null
                ? "none"
                : known.stream().map(Object::toString).sorted().collect(Collectors.joining(", "));
    }
}
