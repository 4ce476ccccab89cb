package io.expunge.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.oauth2.client.OAuth2LoginConfigurer;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestRedirectFilter;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.authentication.ForwardAuthenticationFailureHandler;
import org.springframework.security.web.header.writers.ContentSecurityPolicyHeaderWriter;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;

/** Sign-in by form, sessions and headers of the console. */
@Configuration(proxyBeanMethods = false)
class ConsoleChain {

    static final String SIGN_IN = "/console/sign-in";

    /** Nothing inline, nothing from elsewhere; pictures in the style sheets are data of their own. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " font-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none';"
                    + " frame-ancestors 'self'; form-action 'self'";

    /** Where one may go on to after sign-in: pages of the console and nothing else. */
    private static final Pattern PAGE = Pattern.compile("/console(/[\\w./-]*)?(\\?[\\w.=&%+-]*)?");

    @Bean
    PasswordEncoder passwordEncoder(AccessSettings settings) {
        return new BCryptPasswordEncoder(settings.passwordCost());
    }

    @Bean
    @Order(4)
    SecurityFilterChain console(
            HttpSecurity http,
            UserTable table,
            SignInAttempts attempts,
            PasswordEncoder passwords,
            SessionStore sessions,
            ObjectProvider<OidcSignIn> oidc,
            AccessSettings settings,
            Clock clock)
            throws Exception {
        var ways = new ArrayList<AuthenticationProvider>();
        var elsewhere = oidc.getIfAvailable();
        if (settings.localUsers()) {
            ways.add(new SignIn(table, attempts, passwords, clock));
            http.formLogin(form -> form.loginPage(SIGN_IN)
                    .usernameParameter("name")
                    .passwordParameter("password")
                    .successHandler((request, response, who) -> response.sendRedirect(next(request)))
                    .failureHandler(new ForwardAuthenticationFailureHandler(SIGN_IN + "/refused")));
        }
        if (elsewhere != null) {
            ways.add(elsewhere.authentication());
            http.oauth2Login(login -> withProvider(login, elsewhere));
        }
        var provider = elsewhere == null ? null : elsewhere.provider();
        return http.securityMatcher("/", "/console", "/console/**", "/assets/**", "/webjars/**")
                .authenticationManager(new ProviderManager(ways))
                .securityContext(context -> context.securityContextRepository(sessions))
                .authorizeHttpRequests(requests -> requests.requestMatchers(
                                "/", SIGN_IN, SIGN_IN + "/refused", OidcSignOut.DONE, "/assets/**", "/webjars/**")
                        .permitAll()
                        .anyRequest()
                        .authenticated())
                .requestCache(AbstractHttpConfigurer::disable) // where to go on stands in the form
                .logout(out -> out.logoutUrl("/console/sign-out").logoutSuccessHandler(new OidcSignOut(provider)))
                .addFilterBefore(new OneTimePasswordFilter(), AuthorizationFilter.class)
                .headers(headers -> headers.addHeaderWriter((request, response) ->
                                new ContentSecurityPolicyHeaderWriter(POLICY + signOutAt(provider))
                                        .writeHeaders(request, response))
                        .frameOptions(frame -> frame.sameOrigin())
                        .referrerPolicy(policy -> policy.policy(ReferrerPolicy.SAME_ORIGIN))
                        .permissionsPolicyHeader(
                                policy -> policy.policy("camera=(), geolocation=(), microphone=(), payment=()")))
                .exceptionHandling(handling -> handling.authenticationEntryPoint(
                                (request, response, e) -> askToSignIn(request, response))
                        .accessDeniedHandler((request, response, e) -> {
                            if (signedIn()) {
                                response.sendError(HttpServletResponse.SC_FORBIDDEN);
                            } else {
                                askToSignIn(request, response);
                            }
                        }))
                .build();
    }

    private static void withProvider(OAuth2LoginConfigurer<HttpSecurity> login, OidcSignIn elsewhere) {
        login.loginPage(SIGN_IN)
                .clientRegistrationRepository(
                        id -> elsewhere.provider().described().client())
                .authorizedClientRepository(new NoTokens())
                .authorizationEndpoint(there -> there.authorizationRequestResolver(elsewhere.requests()))
                .redirectionEndpoint(back -> back.baseUri(OidcSignIn.CALLBACK))
                .successHandler(elsewhere)
                .failureHandler(elsewhere)
                .withObjectPostProcessor(new ObjectPostProcessor<OAuth2AuthorizationRequestRedirectFilter>() {
                    @Override
                    public <F extends OAuth2AuthorizationRequestRedirectFilter> F postProcess(F filter) {
                        filter.setAuthenticationFailureHandler(elsewhere);
                        return filter;
                    }
                });
    }

    /** The form that signs out leads on to the provider, which the browser must allow. */
    private static String signOutAt(@Nullable OidcProvider provider) {
        if (provider == null || !provider.settings().signOutThere()) {
            return "";
        }
        var known = provider.lastKnown();
        var there = known == null ? null : known.signOut();
        var uri = URI.create(there == null ? provider.settings().issuer() : there);
        return " " + uri.getScheme() + "://" + uri.getRawAuthority();
    }

    private static boolean signedIn() {
        var who = SecurityContextHolder.getContext().getAuthentication();
        return who != null && !(who instanceof AnonymousAuthenticationToken);
    }

    /** The page that was asked for, or from which something was asked, is where one goes on after sign-in. */
    private static void askToSignIn(HttpServletRequest request, HttpServletResponse response) throws IOException {
        boolean part = request.getHeader("HX-Request") != null;
        var asked = part
                ? path(request.getHeader("HX-Current-URL"))
                : request.getMethod().equals("GET")
                        ? request.getRequestURI()
                                + (request.getQueryString() == null ? "" : "?" + request.getQueryString())
                        : path(request.getHeader("Referer"));
        var target = asked == null || !PAGE.matcher(asked).matches() || asked.startsWith(SIGN_IN)
                ? SIGN_IN + "?ended"
                : SIGN_IN + "?continue=" + URLEncoder.encode(asked, StandardCharsets.UTF_8);
        if (part) {
            response.setHeader("HX-Redirect", target);
            response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
        } else {
            response.sendRedirect(target);
        }
    }

    static String next(HttpServletRequest request) {
        var asked = request.getParameter("continue");
        return asked != null && PAGE.matcher(asked).matches() && !asked.startsWith(SIGN_IN) ? asked : "/console";
    }

    private static @Nullable String path(@Nullable String address) {
        if (address == null) {
            return null;
        }
        try {
            var uri = URI.create(address);
            return uri.getRawQuery() == null ? uri.getRawPath() : uri.getRawPath() + "?" + uri.getRawQuery();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
