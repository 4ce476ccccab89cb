package io.expunge.intake;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What an operator sets for a protocol: looked at when the service starts, not when somebody calls. */
final class OwnAddress {

    private static final Pattern PRINTABLE = Pattern.compile("[\\x21-\\x7e]{1,8192}");

    private OwnAddress() {}

    /**
     * The address without a slash at its end.
     *
     * @throws IllegalStateException naming the setting, if it is none
     */
    static String checked(String setting, String text) {
        try {
            var url = new URI(text.strip());
            if (url.getHost() != null
                    && url.getQuery() == null
                    && ("https".equals(url.getScheme()) || "http".equals(url.getScheme()))) {
                return text.strip().replaceAll("/+$", "");
            }
        } catch (URISyntaxException e) {
            // said below
        }
        throw new IllegalStateException(setting + " must be an address such as https://example.com");
    }

    /**
     * A secret as it may stand in a header; what is around it goes.
     *
     * @throws IllegalStateException naming the setting, without the secret
     */
    static @Nullable String secret(String setting, @Nullable String text) {
        if (text == null) {
            return null;
        }
        if (!PRINTABLE.matcher(text.strip()).matches()) {
            throw new IllegalStateException(setting + " must be printable and without spaces");
        }
        return text.strip();
    }
}
