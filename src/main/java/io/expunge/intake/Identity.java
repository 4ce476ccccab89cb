package io.expunge.intake;

import io.expunge.shared.Problem;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** How a person is named: one kind of identifier, plain or hashed. */
record Identity(String identityType, String identityFormat) {

    private static final List<String> TYPES = List.of(
            "controller_customer_id",
            "android_advertising_id",
            "android_id",
            "email",
            "fire_advertising_id",
            "ios_advertising_id",
            "ios_vendor_id",
            "microsoft_advertising_id",
            "microsoft_publisher_id",
            "roku_publisher_id",
            "roku_advertising_id");

    /** Formats and how many bytes a hash has. */
    private static final Map<String, Integer> FORMATS = Map.of("raw", 0, "sha1", 20, "md5", 16, "sha256", 32);

    private static final int LONGEST = 512;

    /**
     * One of OpenDSR.
     *
     * @throws IllegalArgumentException if the specification knows no such type or format
     */
    static Identity ofOpenDsr(String text) {
        var identity = parse("expunge.opendsr.identities", text);
        if (!TYPES.contains(identity.identityType())) {
            throw new IllegalArgumentException(
                    "expunge.opendsr.identities must begin with one of " + TYPES + ", not " + text);
        }
        return identity;
    }

    /** @throws IllegalArgumentException naming the setting, if it is no type, slash and format */
    static Identity parse(String setting, String text) {
        int slash = text.lastIndexOf('/');
        var format = text.substring(slash + 1);
        if (slash < 1 || !FORMATS.containsKey(format)) {
            throw new IllegalArgumentException(setting + " must be a type, a slash and one of "
                    + new TreeSet<>(FORMATS.keySet()) + ", not " + text);
        }
        return new Identity(text.substring(0, slash), format);
    }

    /**
     * The value as data sets have it.
     *
     * @throws Problem naming {@code field}, without the value
     */
    String value(String field, @Nullable String value) {
        if (value == null || value.isBlank()) {
            throw Problem.invalid(field, "is required");
        }
        if (value.length() > LONGEST) {
            throw Problem.invalid(field, "must have at most " + LONGEST + " characters");
        }
        int bytes = FORMATS.getOrDefault(identityFormat, 0);
        if (bytes == 0) {
            return value.strip();
        }
        var hash = value.strip().toLowerCase(Locale.ROOT);
        try {
            if (HexFormat.of().parseHex(hash).length == bytes) {
                return hash;
            }
        } catch (IllegalArgumentException e) {
            // said below, without the value
        }
        throw Problem.invalid(field, "must be the " + 2 * bytes + " hexadecimal digits of " + identityFormat);
    }
}
