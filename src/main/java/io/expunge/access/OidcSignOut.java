package io.expunge.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.logout.LogoutSuccessHandler;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * After the session here has ended, whoever was signed in by the identity provider signs out there, too (OpenID Connect
 * RP-Initiated Logout 1.0). No identity token is sent along, since none is kept: it would tell names in an address.
 */
class OidcSignOut implements LogoutSuccessHandler {

    static final String DONE = ConsoleChain.SIGN_IN + "/out";

    private final @Nullable OidcProvider provider;

    OidcSignOut(@Nullable OidcProvider provider) {
        this.provider = provider;
    }

    @Override
    public void onLogoutSuccess(HttpServletRequest request, HttpServletResponse response, @Nullable Authentication who)
            throws IOException {
        var there = who instanceof ConsoleSession session && session.ofProvider() ? address() : null;
        if (provider == null || there == null) {
            response.sendRedirect(DONE);
            return;
        }
        var back =
                ServletUriComponentsBuilder.fromContextPath(request).path(DONE).toUriString();
        response.sendRedirect(UriComponentsBuilder.fromUriString(there)
                .queryParam("client_id", "{client}")
                .queryParam("post_logout_redirect_uri", "{back}")
                .encode()
                .buildAndExpand(provider.settings().clientId(), back)
                .toUriString());
    }

    private @Nullable String address() {
        if (provider == null || !provider.settings().signOutThere()) {
            return null;
        }
        try {
            return provider.described().signOut();
        } catch (OidcProvider.Away e) {
            return null;
        }
    }
}
