package io.expunge.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.web.client.RestClient;

class SignInIT extends ConsoleTest {

    @Test
    void aOneTimePasswordOpensNothingButItsOwnChange() {
        var user = user("AUDITOR");
        try (var visitor = window(user.name(), 1280, 900, false)) {
            visitor.open("/console/requests").signIn(user.password()).isAt("/console/password");
            visitor.open("/console/requests").isAt("/console/password").doesNotSee("Most urgent");
            visitor.page().fill("#current", user.password());
            visitor.page().fill("#next", "short but");
            visitor.page().evaluate("document.querySelector('#next').removeAttribute('minlength')");
            visitor.page().fill("#again", "short but");
            visitor.expecting("422").press("Change it").sees("Must be at least 12 characters long.");
            visitor.page().fill("#current", user.password());
            visitor.page().fill("#next", PASSWORD);
            visitor.page().fill("#again", PASSWORD);
            visitor.press("Change it").isAt("/console").sees("Most urgent");

            visitor.press("Sign out").sees("You have signed out.");
            visitor.expecting("401").signIn(user.password()).sees("No user has this name and password.");
            visitor.signIn(PASSWORD).isAt("/console");
        }
    }

    @Test
    void aSessionThatEndedGoesOnAtTheSamePage() {
        try (var visitor = visitor("PRIVACY_OFFICER")) {
            visitor.open("/console/requests?view=ALL&order=OLDEST");
            visitor.context().clearCookies();
            // a post with a token of the session that is gone: nothing happens, and nothing is lost but what was
            // pressed
            visitor.press("Show").sees("Sign in to go on.");
            visitor.signIn(own(visitor.name())).isAt("/console/requests?view=ALL&order=OLDEST");

            visitor.open("/console/forget").fill("Who is to be forgotten?", "somebody");
            visitor.context().clearCookies();
            visitor.press("Go on").sees("Sign in to go on.");
            visitor.signIn(own(visitor.name())).isAt("/console/forget");
        }
    }

    @Test
    void whatAnAdminTakesAwayIsGoneFromOpenSessions() {
        var user = user("PRIVACY_OFFICER", "ENGINEER");
        try (var visitor = window(user.name(), 1280, 900, false).begin(user.password(), PASSWORD)) {
            visitor.sees("Forget somebody");
            admin().putJson("/v1/users/" + user.id() + "/roles", Map.of("roles", List.of("ENGINEER")))
                    .with(200);
            visitor.open("/console").doesNotSee("Forget somebody");
            visitor.expecting("403").open("/console/requests").sees("Not with your roles");
            admin().post("/v1/users/" + user.id() + "/disable", "").with(200);
            visitor.open("/console").sees("Sign in to go on.");
            visitor.expecting("401").signIn(PASSWORD).sees("No user has this name and password.");
        }
    }

    @Test
    void guessingIsSlowedDownWhetherSomebodyHasTheNameOrNot() {
        for (var name : List.of(user("AUDITOR").name(), "nobody-" + System.nanoTime())) {
            try (var visitor = window(name, 1280, 900, false).open("/console/sign-in")) {
                visitor.expecting("4"); // 401, then 429
                for (int i = 0; i < 5; i++) {
                    visitor.signIn("guess " + i).sees("No user has this name and password.");
                }
                visitor.signIn("guess 6").sees("Too many attempts.");
                assertThat(visitor.page().inputValue("#name")).isEqualTo(name);
            }
        }
    }

    @Test
    void theLastAdminCannotLockEverybodyOut() {
        // the first start's admin is there, too, so that one is disabled first
        var all = admin().get("/v1/users").with(200).body();
        var admins = all.valueStream()
                .filter(user -> user.get("roles").toString().contains("ADMIN")
                        && user.get("enabled").asBoolean())
                .map(user -> user.get("id").asString())
                .toList();
        try {
            admins.subList(1, admins.size())
                    .forEach(id ->
                            admin().post("/v1/users/" + id + "/disable", "").with(200));
            var last = admins.getFirst();
            assertThat(admin().post("/v1/users/" + last + "/disable", "")
                            .with(409)
                            .text("type"))
                    .endsWith("last-admin");
            admin().putJson("/v1/users/" + last + "/roles", Map.of("roles", List.of("AUDITOR")))
                    .with(409);
        } finally {
            admins.forEach(id -> admin().post("/v1/users/" + id + "/enable", "").with(200));
        }
    }

    @Test
    void cookiesAndHeadersAreThoseOfASafeSite() {
        var client = RestClient.builder()
                .baseUrl(url())
                .requestFactory(new org.springframework.http.client.JdkClientHttpRequestFactory(
                        java.net.http.HttpClient.newBuilder()
                                .followRedirects(java.net.http.HttpClient.Redirect.NEVER)
                                .build()))
                .build();
        var page = client.get().uri("/console/sign-in").retrieve().toBodilessEntity();
        assertThat(page.getHeaders().getFirst("Set-Cookie"))
                .contains("expunge_session=", "HttpOnly", "SameSite=Lax", "Path=/");
        assertThat(page.getHeaders().getFirst("Content-Security-Policy"))
                .contains("default-src 'none'", "script-src 'self';", "style-src 'self';")
                .doesNotContain("unsafe");
        assertThat(page.getHeaders().getFirst("Cache-Control")).contains("no-store");
        var forged = new LinkedMultiValueMap<String, String>();
        forged.add("name", "admin");
        forged.add("password", "x");
        var answer =
                client.post().uri("/console/sign-in").body(forged).retrieve().toBodilessEntity();
        assertThat(answer.getStatusCode()).as("without a token of the page").isEqualTo(HttpStatus.FOUND);
        assertThat(answer.getHeaders().getFirst("Location")).endsWith("/console/sign-in?ended");
        assertThat(client.get()
                        .uri("/console/sign-in?continue=https://elsewhere.example/")
                        .retrieve()
                        .body(String.class))
                .as("nothing but pages of the console is gone on to")
                .contains("Sign in");
    }
}
