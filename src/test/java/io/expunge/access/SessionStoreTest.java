package io.expunge.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.expunge.api.Role;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextImpl;

class SessionStoreTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String ISSUER = "https://id.example.org";

    private final UserLookup users = mock(UserLookup.class);
    private final MockHttpServletRequest request = new MockHttpServletRequest();

    @Test
    void aSessionGoesOnWhileTheSettingsLeaveItsWayInOpen() {
        assertThat(afterSignIn(user(null), settings(true, null))).isNotNull();
        assertThat(afterSignIn(user(null), settings(false, ISSUER)))
                .as("a password, with local users switched off")
                .isNull();
        assertThat(afterSignIn(user(ISSUER), settings(true, ISSUER))).isNotNull();
        assertThat(afterSignIn(user(ISSUER), settings(true, null)))
                .as("a provider that is configured no more")
                .isNull();
        assertThat(afterSignIn(user(ISSUER), settings(true, "https://other.example.org")))
                .as("another provider")
                .isNull();
    }

    @Test
    void aSessionThatIsNotGoneOnWithEnds() {
        afterSignIn(user(null), settings(false, ISSUER));
        assertThat(request.getSession(false)).isNull();
    }

    private Authentication afterSignIn(UserTable.Row user, AccessSettings settings) {
        when(users.user(user.id())).thenReturn(Optional.of(user));
        var store = new SessionStore(users, settings, Clock.fixed(NOW, ZoneOffset.UTC));
        store.saveContext(
                new SecurityContextImpl(ConsoleSession.begin(user, NOW)), request, new MockHttpServletResponse());
        return store.loadDeferredContext(request).get().getAuthentication();
    }

    private static UserTable.Row user(String issuer) {
        return new UserTable.Row(
                UUID.randomUUID(),
                UUID.randomUUID(),
                "controller",
                ZoneOffset.UTC,
                "name",
                List.of(Role.AUDITOR),
                issuer == null ? "hash" : null,
                false,
                1,
                true,
                NOW,
                null,
                issuer);
    }

    private static AccessSettings settings(boolean local, String issuer) {
        return new AccessSettings(
                "default",
                null,
                "UTC",
                Path.of("a"),
                Path.of("b"),
                Path.of("c"),
                Duration.ofHours(12),
                4,
                local,
                issuer == null ? null : OidcProviderTest.settings(issuer),
                Duration.ofSeconds(5));
    }
}
