package io.expunge.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.json.JsonMapper;

/**
 * An OpenID provider on a port of its own: discovery, the authorization code flow with proof keys, signed tokens, user info
 * and sign-out as OpenID Connect Core, Discovery and RP-Initiated Logout 1.0 have them. It refuses what they refuse, and
 * answers wrongly in one point where it is told to.
 */
public final class IdentityProvider implements AutoCloseable {

    public static final String CLIENT = "expunge";
    public static final String SECRET = "s3cret of the client";

    /** What may be wrong with an answer. */
    public enum Fault {
        NOTHING,
        NONCE,
        AUDIENCE,
        ISSUER,
        SIGNATURE,
        EXPIRED,
        UNSIGNED,
        OTHER_USER,
        NO_TOKENS
    }

    private static final ECKey KEY = key();
    private static final ECKey NOBODYS = key();
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final int port;
    private final Map<String, Map<String, Object>> accounts = new ConcurrentHashMap<>();
    private final Map<String, Map<String, String>> codes = new ConcurrentHashMap<>();
    private final Map<String, String> tokens = new ConcurrentHashMap<>();
    private volatile Fault fault = Fault.NOTHING;
    private HttpServer server;

    /** Of a port that is free; it does not answer until it is started. */
    public IdentityProvider() throws IOException {
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
    }

    public String issuer() {
        return "http://localhost:" + port;
    }

    public IdentityProvider start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/.well-known/openid-configuration", exchange -> json(exchange, 200, description()));
        server.createContext("/keys", exchange -> json(exchange, 200, new JWKSet(KEY.toPublicJWK()).toJSONObject()));
        server.createContext("/authorize", this::authorize);
        server.createContext("/chosen", this::chosen);
        server.createContext("/token", this::token);
        server.createContext("/userinfo", this::userInfo);
        server.createContext("/sign-out", this::signOut);
        server.start();
        return this;
    }

    /** Somebody who can be chosen, with these claims beside the subject. */
    public void account(String subject, Map<String, Object> claims) {
        accounts.put(subject, claims);
    }

    public void answerWith(Fault wrong) {
        fault = wrong;
    }

    @Override
    public void close() {
        stop();
    }

    /** Answers no more, until it is started again. */
    public void stop() {
        if (server != null) {
            server.stop(0);
        }
    }

    private Map<String, Object> description() {
        return Map.ofEntries(
                Map.entry("issuer", issuer()),
                Map.entry("authorization_endpoint", issuer() + "/authorize"),
                Map.entry("token_endpoint", issuer() + "/token"),
                Map.entry("userinfo_endpoint", issuer() + "/userinfo"),
                Map.entry("jwks_uri", issuer() + "/keys"),
                Map.entry("end_session_endpoint", issuer() + "/sign-out"),
                Map.entry("response_types_supported", List.of("code")),
                Map.entry("subject_types_supported", List.of("public")),
                Map.entry("code_challenge_methods_supported", List.of("S256")),
                Map.entry("token_endpoint_auth_methods_supported", List.of("client_secret_basic")),
                Map.entry("id_token_signing_alg_values_supported", List.of("RS256", "ES256")));
    }

    private void authorize(HttpExchange exchange) throws IOException {
        var asked = query(exchange.getRequestURI().getRawQuery());
        if (!CLIENT.equals(asked.get("client_id"))
                || !"code".equals(asked.get("response_type"))
                || !List.of(asked.getOrDefault("scope", "").split(" ")).contains("openid")
                || !"S256".equals(asked.get("code_challenge_method"))
                || !asked.containsKey("code_challenge")
                || !asked.containsKey("nonce")
                || !asked.containsKey("state")
                || !asked.getOrDefault("redirect_uri", "").startsWith("http")) {
            text(exchange, 400, "not an authorization request");
            return;
        }
        var page = new StringBuilder(
                "<!DOCTYPE html><html lang=en><title>Who are you?</title><link rel=icon href=\"data:,\"><main><h1>Who"
                        + " are you?</h1>");
        for (var subject : accounts.keySet().stream().sorted().toList()) {
            var link = "/chosen?subject=" + subject + "&"
                    + exchange.getRequestURI().getRawQuery();
            page.append("<p><a href=\"")
                    .append(link.replace("&", "&amp;"))
                    .append("\">")
                    .append(subject)
                    .append("</a>");
        }
        text(exchange, 200, page.toString());
    }

    private void chosen(HttpExchange exchange) throws IOException {
        var asked = query(exchange.getRequestURI().getRawQuery());
        var code = UUID.randomUUID().toString();
        codes.put(code, asked);
        redirect(
                exchange,
                asked.get("redirect_uri") + "?code=" + code + "&state="
                        + URLEncoder.encode(asked.get("state"), StandardCharsets.UTF_8));
    }

    private void token(HttpExchange exchange) throws IOException {
        var given = query(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        var client = URLEncoder.encode(CLIENT, StandardCharsets.UTF_8) + ":"
                + URLEncoder.encode(SECRET, StandardCharsets.UTF_8);
        var basic = "Basic " + Base64.getEncoder().encodeToString(client.getBytes(StandardCharsets.UTF_8));
        if (!basic.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            json(exchange, 401, Map.of("error", "invalid_client"));
            return;
        }
        var asked = codes.remove(given.getOrDefault("code", ""));
        if (fault == Fault.NO_TOKENS
                || asked == null
                || !"authorization_code".equals(given.get("grant_type"))
                || !asked.get("redirect_uri").equals(given.get("redirect_uri"))
                || !asked.get("code_challenge").equals(challenge(given.getOrDefault("code_verifier", "")))) {
            json(exchange, 400, Map.of("error", "invalid_grant"));
            return;
        }
        var access = UUID.randomUUID().toString();
        tokens.put(access, asked.get("subject"));
        json(
                exchange,
                200,
                Map.of("access_token", access, "token_type", "Bearer", "expires_in", 300, "id_token", identity(asked)));
    }

    private String identity(Map<String, String> asked) {
        var now = fault == Fault.EXPIRED ? Instant.now().minusSeconds(7_200) : Instant.now();
        var claims = new JWTClaimsSet.Builder()
                .issuer(fault == Fault.ISSUER ? "http://localhost:1" : issuer())
                .subject(asked.get("subject"))
                .audience(fault == Fault.AUDIENCE ? "another" : CLIENT)
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(300)))
                .claim("nonce", fault == Fault.NONCE ? "another" : asked.get("nonce"));
        accounts.get(asked.get("subject")).forEach(claims::claim);
        if (fault == Fault.UNSIGNED) {
            return new PlainJWT(claims.build()).serialize();
        }
        try {
            var token = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.ES256)
                            .keyID(KEY.getKeyID())
                            .build(),
                    claims.build());
            token.sign(new ECDSASigner(fault == Fault.SIGNATURE ? NOBODYS : KEY));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private void userInfo(HttpExchange exchange) throws IOException {
        var bearer = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        var subject = tokens.get(bearer.replaceFirst("^Bearer ", ""));
        if (subject == null) {
            json(exchange, 401, Map.of("error", "invalid_token"));
            return;
        }
        var claims = new HashMap<>(accounts.get(subject));
        claims.put("sub", fault == Fault.OTHER_USER ? "another" : subject);
        json(exchange, 200, claims);
    }

    private void signOut(HttpExchange exchange) throws IOException {
        var asked = query(exchange.getRequestURI().getRawQuery());
        if (CLIENT.equals(asked.get("client_id")) && asked.containsKey("post_logout_redirect_uri")) {
            redirect(exchange, asked.get("post_logout_redirect_uri"));
        } else {
            text(exchange, 400, "not a sign-out");
        }
    }

    private static Map<String, String> query(String raw) {
        var all = new HashMap<String, String>();
        for (var pair : (raw == null ? "" : raw).split("&")) {
            var parts = pair.split("=", 2);
            if (parts.length == 2) {
                all.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
            }
        }
        return all;
    }

    private static String challenge(String verifier) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ECKey key() {
        try {
            return new ECKeyGenerator(Curve.P_256).keyIDFromThumbprint(true).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void redirect(HttpExchange exchange, String where) throws IOException {
        exchange.getResponseHeaders().set("Location", where);
        send(exchange, 302, "text/plain", "");
    }

    private static void json(HttpExchange exchange, int status, Object body) throws IOException {
        send(exchange, status, "application/json", JSON.writeValueAsString(body));
    }

    private static void text(HttpExchange exchange, int status, String body) throws IOException {
        send(exchange, status, "text/html; charset=utf-8", body);
    }

    private static void send(HttpExchange exchange, int status, String type, String body) throws IOException {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        try (var out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }
}
