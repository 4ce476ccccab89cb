package io.expunge.access;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The ways into the console that the settings leave open. */
@Component
public class SignInWays {

    private final AccessSettings settings;

    SignInWays(AccessSettings settings) {
        this.settings = settings;
    }

    /** Whether people sign in by name and password. */
    public boolean password() {
        return settings.localUsers();
    }

    /** What people call the identity provider; null without one. */
    public @Nullable String provider() {
        var oidc = settings.oidc();
        return oidc == null ? null : oidc.name();
    }

    /** Whom to ask for a role. */
    public String contact() {
        var oidc = settings.oidc();
        return oidc == null ? "" : oidc.contact();
    }

    /** Where the sign-in by the identity provider begins. */
    public String start() {
        return OidcSignIn.START + "/" + OidcProvider.REGISTRATION;
    }
}
