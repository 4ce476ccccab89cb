package io.expunge.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;

/** One filter chain for the API, one for the actuator, one for the protocols of others, one for the console; whatever is in none is refused. */
@Configuration(proxyBeanMethods = false)
@EnableMethodSecurity
class SecurityConfiguration {

    @Bean
    @Order(1)
    SecurityFilterChain actuatorChain(HttpSecurity http, KeyLookup keys) throws Exception {
        return stateless(http.securityMatcher(EndpointRequest.toAnyEndpoint()), keys)
                .authorizeHttpRequests(requests -> requests.requestMatchers(EndpointRequest.to(HealthEndpoint.class))
                        .permitAll()
                        .anyRequest()
                        .hasAnyRole("ADMIN", "AUDITOR"))
                .build();
    }

    @Bean
    @Order(2)
    SecurityFilterChain apiChain(HttpSecurity http, KeyLookup keys) throws Exception {
        return stateless(http.securityMatcher("/v1/**"), keys)
                .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                .build();
    }

    /** Protocols of others: the same keys, the refusals in their own shape. */
    @Bean
    @Order(3)
    SecurityFilterChain protocolChain(HttpSecurity http, KeyLookup keys, List<ForeignProtocol> protocols)
            throws Exception {
        return stateless(
                        http.securityMatcher(request ->
                                protocols.stream().anyMatch(one -> one.paths().matches(request))),
                        keys,
                        (request, response, status, slug, detail) -> {
                            for (var one : protocols) {
                                if (one.paths().matches(request)) {
                                    one.refuse(response, status, slug, detail);
                                    return;
                                }
                            }
                        })
                .authorizeHttpRequests(requests -> requests.requestMatchers(request -> protocols.stream()
                                .anyMatch(one -> one.openPaths().matches(request)))
                        .permitAll()
                        .anyRequest()
                        .hasAnyRole("INTAKE", "PRIVACY_OFFICER"))
                .build();
    }

    @Bean
    @Order(5)
    SecurityFilterChain nothingElse(HttpSecurity http, KeyLookup keys) throws Exception {
        return stateless(http, keys)
                .authorizeHttpRequests(requests -> requests.requestMatchers("/error")
                        .permitAll()
                        .anyRequest()
                        .denyAll())
                .build();
    }

    /** Timing each filter of the chain took two fifths of what a request allocates, and nobody reads those timers. */
    @Bean
    SecurityObservationSettings noTimersOnFilters() {
        return SecurityObservationSettings.noObservations();
    }

    /** Keys have no passwords, and the console asks its own table; without this bean the framework would make a user. */
    @Bean
    UserDetailsService nobody() {
        return name -> {
            throw new UsernameNotFoundException("there are no passwords here");
        };
    }

    private static HttpSecurity stateless(HttpSecurity http, KeyLookup keys) throws Exception {
        return stateless(http, keys, SecurityConfiguration::refuse);
    }

    private static HttpSecurity stateless(HttpSecurity http, KeyLookup keys, Refusal refusal) throws Exception {
        return http.csrf(AbstractHttpConfigurer::disable) // no cookie, hence nothing to forge
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .requestCache(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .headers(headers -> headers.contentSecurityPolicy(
                        policy -> policy.policyDirectives("default-src 'none'; frame-ancestors 'none'")))
                .addFilterBefore(new KeyFilter(keys, refusal), AnonymousAuthenticationFilter.class)
                .exceptionHandling(handling -> handling.authenticationEntryPoint((request, response, e) -> {
                            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
                            refusal.write(
                                    request,
                                    response,
                                    HttpStatus.UNAUTHORIZED,
                                    "unauthenticated",
                                    "a valid key is required");
                        })
                        .accessDeniedHandler((request, response, e) -> refusal.write(
                                request,
                                response,
                                HttpStatus.FORBIDDEN,
                                "forbidden",
                                "the key's roles do not allow this")));
    }

    private static void refuse(
            HttpServletRequest request, HttpServletResponse response, HttpStatus status, String slug, String detail)
            throws IOException {
        response.setStatus(status.value());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.setCharacterEncoding(StandardCharsets.UTF_8);
        response.getWriter()
                .write("{\"type\":\"https://expunge.io/problems/%s\",\"title\":\"%s\",\"status\":%d,\"detail\":\"%s\"}"
                        .formatted(slug, status.getReasonPhrase(), status.value(), detail));
    }
}
