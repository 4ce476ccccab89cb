package io.expunge.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.web.csrf.DefaultCsrfToken;
import org.springframework.web.servlet.FlashMap;

class SessionSealTest {

    @TempDir
    private Path directory;

    @Test
    void whatPagesPassOnComesBackAsItWas() {
        var flash = new FlashMap();
        flash.put("typed", Map.of("name", "somebody"));
        flash.addTargetRequestParam("view", "ALL");
        for (var attribute : List.of("text", new CopyOnWriteArrayList<>(List.of(flash)))) {
            assertThat(open(seal().seal(attribute))).isEqualTo(attribute);
        }
        var token = (DefaultCsrfToken) open(seal().seal(new DefaultCsrfToken("header", "name", "value")));
        assertThat(token.getToken()).isEqualTo("value");
        var asked = OAuth2AuthorizationRequest.authorizationCode()
                .authorizationUri("https://id.example.org/authorize")
                .clientId("client")
                .state("state")
                .attributes(Map.of("nonce", "n"))
                .build();
        assertThat(((OAuth2AuthorizationRequest) open(seal().seal(asked))).getState())
                .isEqualTo("state");
    }

    @Test
    void aBitThatWasChangedAnotherKeyAndOtherObjectsOpenToNothing() {
        var sealed = seal().seal("text");
        assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("text");
        for (int i = 0; i < sealed.length; i++) {
            var changed = sealed.clone();
            changed[i] ^= 1;
            assertThat(open(changed)).as("byte " + i).isNull();
        }
        assertThat(open(new byte[0])).isNull();
        assertThat(seal("other.key").open(sealed)).isNull();
        for (var object : List.of(new File("x"), URI.create("x:y"), Map.of("file", new File("x")))) {
            assertThat(open(seal().seal(object)))
                    .as(object.getClass().getName())
                    .isNull();
        }
    }

    @Test
    void aCookieIsMoreThanTheIdThatIsStored() {
        var id = UUID.randomUUID().toString();
        var cookie = seal().cookie(id);
        assertThat(seal().session(cookie)).isEqualTo(id);
        assertThat(seal("other.key").session(cookie)).isNull();
        var another = UUID.randomUUID().toString();
        for (var forged : List.of(id, id + ".", "." + cookie, cookie + "x", cookie.replace(id, another), "")) {
            assertThat(seal().session(forged)).as(forged).isNull();
        }
    }

    private Object open(byte[] sealed) {
        return seal().open(sealed);
    }

    private SessionSeal seal() {
        return seal("session.key");
    }

    /** As another process makes it from the same file. */
    private SessionSeal seal(String file) {
        return new SessionSeal(
                new AccessSettings(
                        "default",
                        null,
                        "UTC",
                        Path.of("a"),
                        Path.of("b"),
                        directory.resolve(file),
                        Duration.ofHours(12),
                        4,
                        true,
                        null,
                        Duration.ofSeconds(5)),
                Clock.systemUTC());
    }
}
