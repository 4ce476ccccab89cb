package io.expunge.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OidcProviderTest {

    private final ManualClock clock = new ManualClock();

    @Test
    void isAskedWhenSomebodySignsInAndIsUsedAsItWasWhileItDoesNotAnswer() throws IOException {
        try (var there = new IdentityProvider()) {
            var provider = new OidcProvider(settings(there.issuer()), clock);
            assertThatThrownBy(provider::described).isInstanceOf(OidcProvider.Away.class);
            assertThat(provider.lastKnown()).isNull();
            there.start();
            var described = provider.described();
            assertThat(described.signOut()).isEqualTo(there.issuer() + "/sign-out");
            assertThat(described.client().getClientSettings().isRequireProofKey())
                    .isTrue();
            assertThat(provider.described()).isSameAs(described);
            clock.now = clock.now.plus(Duration.ofHours(2));
            assertThat(provider.described()).isNotSameAs(described);
            there.stop();
            clock.now = clock.now.plus(Duration.ofHours(2));
            assertThat(provider.described().signOut()).isEqualTo(described.signOut());
        }
    }

    @Test
    void mustCallItselfAsTheSettingsDo() throws IOException {
        try (var there = new IdentityProvider().start()) {
            var provider = new OidcProvider(settings(there.issuer() + "/"), clock);
            assertThatThrownBy(provider::described)
                    .isInstanceOf(OidcProvider.Away.class)
                    .hasRootCauseMessage("it calls itself another issuer than expunge.access.oidc.issuer");
        }
    }

    @Test
    void rolesAreReadFromTextsListsAndObjects() {
        assertThat(OidcProvider.values(Map.of("roles", "dpo"), "roles")).containsExactly("dpo");
        assertThat(OidcProvider.values(Map.of("groups", List.of("a", "b c")), "groups"))
                .containsExactly("a", "b c");
        assertThat(OidcProvider.values(
                        Map.of("resource_access", Map.of("expunge", Map.of("roles", List.of("x")))),
                        "resource_access.expunge.roles"))
                .containsExactly("x");
        assertThat(OidcProvider.values(Map.of("https://example.org/roles", List.of("x")), "https://example.org/roles"))
                .containsExactly("x");
        assertThat(OidcProvider.values(Map.of("roles", Map.of("x", true)), "roles"))
                .isEmpty();
        assertThat(OidcProvider.values(Map.of(), "realm_access.roles")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://id.example.org",
                "ftp://id.example.org",
                "id.example.org",
                "http://localhost.example.org",
                "http://localhost@example.org",
                " "
            })
    void anIssuerWithoutTlsStopsTheStart(String issuer) {
        assertThatThrownBy(() -> settings(issuer))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("expunge.access.oidc.issuer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://id.example.org/realms/one", "http://localhost:8081", "http://127.0.0.1:8081/"})
    void oneWithTlsOrOnThisMachineDoesNot(String issuer) {
        assertThat(settings(issuer).issuer()).isEqualTo(issuer);
    }

    static OidcSettings settings(String issuer) {
        var nobody = Set.<String>of();
        return new OidcSettings(
                issuer,
                IdentityProvider.CLIENT,
                IdentityProvider.SECRET,
                null,
                "Example ID",
                List.of("openid"),
                "preferred_username",
                "roles",
                new OidcSettings.OfRole(nobody, nobody, nobody, nobody, nobody),
                "somebody",
                null,
                true,
                Duration.ofSeconds(60));
    }

    private static final class ManualClock extends Clock {

        private Instant now = Instant.parse("2026-01-01T00:00:00Z");

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
