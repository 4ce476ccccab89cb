package io.expunge.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/** The secret of an API key: {@code expunge_}, 8 characters to find it by, and 256 random bits. */
final class Secret {

    private static final Pattern FORM = Pattern.compile("expunge_([A-Za-z0-9_-]{8})_[A-Za-z0-9_-]{43}");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String text;
    private final String prefix;

    private Secret(String text, String prefix) {
        this.text = text;
        this.prefix = prefix;
    }

    static Secret generate() {
        var prefix = random(6);
        return new Secret("expunge_" + prefix + "_" + random(32), "expunge_" + prefix);
    }

    /** A password for one use: 120 random bits. */
    static String password() {
        return random(15);
    }

    static Optional<Secret> parse(String text) {
        var form = FORM.matcher(text);
        return form.matches() ? Optional.of(new Secret(text, "expunge_" + form.group(1))) : Optional.empty();
    }

    String text() {
        return text;
    }

    String prefix() {
        return prefix;
    }

    byte[] hash() {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return prefix + "_…";
    }

    private static String random(int bytes) {
        var random = new byte[bytes];
        RANDOM.nextBytes(random);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }
}
