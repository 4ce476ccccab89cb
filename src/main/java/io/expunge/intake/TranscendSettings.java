package io.expunge.intake;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Whether Transcend may send its server webhook.
 *
 * @param sombraUrl where the Sombra gateway is reached; the adapter is off without one
 * @param signingKeys PEM files of the public keys that Sombra signs its webhooks with; several while one is replaced
 * @param audience that its tokens must be made for, the organisation's name there
 * @param apiKey of Transcend, sent with each confirmation
 * @param sombraKey internal key of a Sombra that is hosted by oneself
 * @param regulation that applies to its requests
 * @param lead how long a request has been with Transcend when it comes here; the legal clock is started so much earlier
 * @param tokenAge how old a token may be
 */
@Validated
@ConfigurationProperties(prefix = "expunge.transcend", ignoreUnknownFields = false)
record TranscendSettings(
        @Nullable String sombraUrl,
        @DefaultValue List<Path> signingKeys,
        @Nullable String audience,
        @Nullable String apiKey,
        @Nullable String sombraKey,
        @DefaultValue("gdpr") String regulation,
        @DefaultValue("0s") Duration lead,
        @DefaultValue("1h") Duration tokenAge) {

    /** Tells no key. */
    @Override
    public String toString() {
        return "TranscendSettings[" + sombraUrl + "]";
    }
}
