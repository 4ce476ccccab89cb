package io.expunge.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.converter.FormHttpMessageConverter;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.client.endpoint.RestClientAuthorizationCodeTokenResponseClient;
import org.springframework.security.oauth2.client.http.OAuth2ErrorResponseErrorHandler;
import org.springframework.security.oauth2.client.oidc.authentication.OidcAuthorizationCodeAuthenticationProvider;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserService;
import org.springframework.security.oauth2.client.userinfo.DefaultOAuth2UserService;
import org.springframework.security.oauth2.client.web.DefaultOAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.http.converter.OAuth2AccessTokenResponseHttpMessageConverter;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.web.authentication.AuthenticationFailureHandler;
import org.springframework.security.web.authentication.AuthenticationSuccessHandler;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

/**
 * Sign-in by the identity provider: the authorization code flow with a proof key (RFC 7636). What comes of it is a session as
 * after the sign-in by password; tokens of the provider are kept nowhere.
 */
class OidcSignIn implements AuthenticationSuccessHandler, AuthenticationFailureHandler {

    static final String START = ConsoleChain.SIGN_IN + "/with";
    static final String CALLBACK = ConsoleChain.SIGN_IN + "/back";

    private static final Logger log = LoggerFactory.getLogger(OidcSignIn.class);
    private static final String CONTINUE = "expunge.continue";

    private final OidcProvider provider;
    private final ProviderAccounts accounts;
    private final SessionStore sessions;
    private final Clock clock;

    OidcSignIn(OidcProvider provider, ProviderAccounts accounts, SessionStore sessions, Clock clock) {
        this.provider = provider;
        this.accounts = accounts;
        this.sessions = sessions;
        this.clock = clock;
    }

    OidcProvider provider() {
        return provider;
    }

    /** Checks what the provider answers; all calls to it have a time limit. */
    AuthenticationProvider authentication() {
        var codes = new RestClientAuthorizationCodeTokenResponseClient();
        codes.setRestClient(RestClient.builder()
                .requestFactory(provider.requests())
                .configureMessageConverters(converters -> converters
                        .addCustomConverter(new FormHttpMessageConverter())
                        .addCustomConverter(new OAuth2AccessTokenResponseHttpMessageConverter()))
                .defaultStatusHandler(new OAuth2ErrorResponseErrorHandler())
                .build());
        var asked = new RestTemplate(provider.requests());
        asked.setErrorHandler(new OAuth2ErrorResponseErrorHandler());
        var claims = new DefaultOAuth2UserService();
        claims.setRestOperations(asked);
        var users = new OidcUserService();
        users.setOauth2UserService(claims);
        var authentication = new OidcAuthorizationCodeAuthenticationProvider(codes, users);
        authentication.setJwtDecoderFactory(client -> provider.described().tokens());
        return authentication;
    }

    /** Keeps where to go on after the way there and back. */
    OAuth2AuthorizationRequestResolver requests() {
        var plain = new DefaultOAuth2AuthorizationRequestResolver(
                id -> provider.described().client(), START);
        return new OAuth2AuthorizationRequestResolver() {

            @Override
            public @Nullable OAuth2AuthorizationRequest resolve(HttpServletRequest request) {
                var made = plain.resolve(request);
                if (made != null) {
                    request.getSession().setAttribute(CONTINUE, ConsoleChain.next(request));
                }
                return made;
            }

            @Override
            public @Nullable OAuth2AuthorizationRequest resolve(HttpServletRequest request, String id) {
                return plain.resolve(request, id);
            }
        };
    }

    @Override
    public void onAuthenticationSuccess(HttpServletRequest request, HttpServletResponse response, Authentication who)
            throws IOException {
        var session = request.getSession();
        var next = session.getAttribute(CONTINUE) instanceof String text ? text : "/console";
        session.removeAttribute(CONTINUE);
        var claims = who.getPrincipal() instanceof OidcUser user ? user.getClaims() : Map.<String, Object>of();
        try {
            var context = SecurityContextHolder.createEmptyContext();
            context.setAuthentication(ConsoleSession.begin(accounts.signedIn(claims), clock.instant()));
            SecurityContextHolder.setContext(context);
            sessions.saveContext(context, request, response);
            response.sendRedirect(next);
        } catch (ProviderAccounts.NotLetIn e) {
            SecurityContextHolder.clearContext();
            session.invalidate();
            refuse(response, e.why());
        }
    }

    @Override
    public void onAuthenticationFailure(
            HttpServletRequest request, HttpServletResponse response, AuthenticationException e) throws IOException {
        var code = e instanceof OAuth2AuthenticationException oauth
                ? oauth.getError().getErrorCode()
                : "none";
        boolean away = false;
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            away |= cause instanceof OidcProvider.Away || cause instanceof ResourceAccessException;
        }
        var why = away
                ? SignInRefusal.AWAY
                : switch (code) {
                    case "access_denied" -> SignInRefusal.CANCELLED;
                    case "authorization_request_not_found" -> SignInRefusal.TOO_LATE;
                    default -> SignInRefusal.FAILED;
                };
        if (why == SignInRefusal.AWAY || why == SignInRefusal.FAILED) {
            // a code may come from an address that anybody made, and a description may hold anything
            log.warn("a sign-in with the identity provider failed: {}", code.replaceAll("[^a-z_]", "?"));
        }
        refuse(response, why);
    }

    private static void refuse(HttpServletResponse response, SignInRefusal why) throws IOException {
        response.sendRedirect(ConsoleChain.SIGN_IN + "?refused=" + why.name().toLowerCase(java.util.Locale.ROOT));
    }
}
