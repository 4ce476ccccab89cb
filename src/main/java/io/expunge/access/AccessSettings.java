package io.expunge.access;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Who may call.
 *
 * @param controllerName the legal entity that the first start makes
 * @param controllerId its id, which its people's pseudonyms are made with; random unless given
 * @param controllerTimeZone the zone in which its legal deadlines are counted
 * @param adminKeyFile where the first start writes the secret of its admin key
 * @param adminPasswordFile where the first start writes the one-time password of the console's user {@code admin}
 * @param sessionKeyFile the keys that sessions of the console are sealed with, which all processes share
 * @param longestSession after how long somebody signs in to the console again, however busy
 * @param passwordCost binary logarithm of the rounds of bcrypt
 * @param localUsers whether people sign in to the console by name and password
 * @param oidc the identity provider that signs people in; none unless its issuer is given
 * @param keyCache how long a key that was looked up is trusted; a revoked key works no longer than this
 */
@Validated
@ConfigurationProperties(prefix = "expunge.access", ignoreUnknownFields = false)
record AccessSettings(
        @DefaultValue("default") String controllerName,
        @Nullable UUID controllerId,
        @DefaultValue("UTC") String controllerTimeZone,

        @DefaultValue("./data/admin.key") Path adminKeyFile,

        @DefaultValue("./data/admin.password") Path adminPasswordFile,

        @DefaultValue("./data/session.key") Path sessionKeyFile,

        @DefaultValue("12h") Duration longestSession,

        @DefaultValue("12") @Min(4) @Max(16) int passwordCost,

        @DefaultValue("true") boolean localUsers,
        @Nullable OidcSettings oidc,

        @DefaultValue("5s") Duration keyCache) {

    AccessSettings {
        if (!localUsers && oidc == null) {
            throw new IllegalArgumentException("expunge.access.local-users=false leaves no way into the console without"
                    + " expunge.access.oidc.issuer");
        }
    }
}
