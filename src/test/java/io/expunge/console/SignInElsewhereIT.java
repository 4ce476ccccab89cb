package io.expunge.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.access.IdentityProvider;
import io.expunge.access.IdentityProvider.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Sessions that began in another process, and sign-in by an identity provider, which the second process has. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SignInElsewhereIT extends ConsoleTest {

    @Autowired
    private JdbcConnectionDetails database;

    @Autowired
    private JdbcClient jdbc;

    private IdentityProvider provider;
    private SecondProcess second;

    @BeforeAll
    void startASecondProcessWhoseProviderIsAway() throws IOException {
        provider = new IdentityProvider();
        second = new SecondProcess(
                database,
                dataDirectory(),
                "--server.forward-headers-strategy=native",
                "--expunge.access.oidc.issuer=" + provider.issuer(),
                "--expunge.access.oidc.client-id=" + IdentityProvider.CLIENT,
                "--expunge.access.oidc.client-secret=" + IdentityProvider.SECRET,
                "--expunge.access.oidc.name=Example ID",
                "--expunge.access.oidc.contact=the privacy team",
                "--expunge.access.oidc.roles-claim=realm_access.roles",
                "--expunge.access.oidc.roles.privacy-officer=dpo",
                "--expunge.access.oidc.roles.auditor=revision,audit team");
    }

    @AfterAll
    void stopBoth() {
        second.close();
        provider.close();
    }

    @Test
    @Order(1)
    void withoutItsProviderTheServiceRunsAndThePageSaysSo() throws IOException {
        var inspection = new Inspection();
        try (var visitor = there("nobody")) {
            visitor.open("/console/requests").sees("or with a password");
            inspection.look(visitor, "sign-in-provider");
            visitor.follow("Sign in with Example ID").sees("Example ID does not answer.");
        }
        inspection.foundNothingWrong();
        provider.start();
    }

    @Test
    void whoeverTheProviderSignsInGoesOnAtTheSamePageAndSignsOutThereToo() {
        provider.account("olga-17", claims("Olga O.", "dpo"));
        try (var visitor = there("olga-17")) {
            visitor.open("/console/requests?view=ALL");
            visitor.follow("Sign in with Example ID").sees("Who are you?").follow("olga-17");
            visitor.isAt("/console/requests?view=ALL").sees("Olga O.");
            visitor.press("Sign out").sees("You have signed out.").isAt("/console/sign-in?out");
            visitor.open("/console").sees("Sign in to go on.");
        }
        var user = found("Olga O.");
        assertThat(user.get("signIn").asString()).isEqualTo("provider");
        var log = as("AUDITOR")
                .get("/v1/audit/entries?subjectId=" + user.get("id").asString())
                .body()
                .get("items")
                .toString();
        assertThat(log).contains("user.created", "PRIVACY_OFFICER").doesNotContain("Olga", "olga", "example.org");
    }

    @Test
    void whoSomebodyIsFollowsFromIssuerAndSubjectAndRolesFromThePresentClaims() {
        provider.account("first", claims("Same Name", "dpo", "audit team", "unknown"));
        provider.account("second", claims("Same Name", "revision"));
        var first = signIn("first");
        assertThat(first.get(second.url() + "/console/requests").body()).contains("Same Name");
        assertThat(first.get(second.url() + "/console/password").body()).contains("your password is changed there");
        signIn("second");
        var users = admin().get("/v1/users").body();
        assertThat(users.valueStream()
                        .filter(user -> user.get("name").asString().equals("Same Name")))
                .as("two people of one name")
                .hasSize(2);
        var id = users.valueStream()
                .filter(user -> user.get("roles").toString().contains("PRIVACY_OFFICER")
                        && user.get("name").asString().equals("Same Name"))
                .findFirst()
                .orElseThrow()
                .get("id")
                .asString();

        provider.account("first", claims("Married Name", "revision"));
        signIn("first");
        assertThat(found("Married Name").get("id").asString())
                .as("one person of two names")
                .isEqualTo(id);
        assertThat(found("Married Name").get("roles").toString()).isEqualTo("[\"AUDITOR\"]");
        assertThat(first.get(second.url() + "/console/forget").statusCode())
                .as("roles that are gone are gone from the session before, too")
                .isEqualTo(403);

        var problem = admin().putJson("/v1/users/" + id + "/roles", Map.of("roles", List.of("ADMIN")))
                .with(409);
        assertThat(problem.text("type")).endsWith("account-of-provider");
        admin().post("/v1/users/" + id + "/reset-password", "").with(409);

        admin().post("/v1/users/" + id + "/disable", "").with(200);
        assertThat(ByHand.next(first.get(second.url() + "/console"))).contains("/console/sign-in");
        assertThat(ByHand.next(back(new ByHand(), "first"))).endsWith("/console/sign-in?refused=disabled");
    }

    @Test
    void anAccountWithoutARoleIsToldWhomToAskAndOneThatLostAllIsSignedOut() {
        provider.account("visitor", claims("Visitor", "guest"));
        try (var visitor = there("visitor")) {
            visitor.open("/console/sign-in").follow("Sign in with Example ID").follow("visitor");
            visitor.sees("Your account has no role here").sees("Ask the privacy team for one");
            visitor.open("/console").sees("Sign in to go on.");
        }
        assertThat(admin().get("/v1/users").body().toString()).doesNotContain("Visitor");

        provider.account("leaver", claims("Leaver", "dpo"));
        var open = signIn("leaver");
        provider.account("leaver", claims("Leaver"));
        assertThat(ByHand.next(back(new ByHand(), "leaver"))).endsWith("refused=no_role");
        assertThat(ByHand.next(open.get(second.url() + "/console"))).contains("/console/sign-in");
    }

    @Test
    void noAnswerThatIsWrongInOnePointSignsAnybodyIn() {
        provider.account("mallory", claims("Mallory", "dpo"));
        for (var fault : Fault.values()) {
            if (fault == Fault.NOTHING) {
                continue;
            }
            provider.answerWith(fault);
            try {
                var browser = new ByHand();
                assertThat(ByHand.next(back(browser, "mallory")))
                        .as(fault.name())
                        .endsWith("/console/sign-in?refused=failed");
                assertThat(ByHand.next(browser.get(second.url() + "/console")))
                        .as(fault.name())
                        .contains("/console/sign-in");
            } finally {
                provider.answerWith(Fault.NOTHING);
            }
        }
    }

    @Test
    void anAnswerThatNobodyAskedForOrTheSameTwiceSignsNobodyIn() {
        provider.account("trudy", claims("Trudy", "dpo"));
        var callback = callback(new ByHand(), "trudy");
        assertThat(ByHand.next(new ByHand().get(callback)))
                .as("in another browser than the one that asked")
                .endsWith("refused=too_late");
        var browser = new ByHand();
        var mine = callback(browser, "trudy");
        assertThat(ByHand.next(browser.get(mine.replaceFirst("state=[^&]*", "state=x"))))
                .as("another state")
                .endsWith("refused=too_late");
        assertThat(ByHand.next(browser.get(mine.replaceFirst("&state=[^&]*", ""))))
                .as("no state")
                .contains("refused=");
        assertThat(ByHand.next(browser.get(mine))).as("mine").endsWith("/console");
        assertThat(ByHand.next(browser.get(mine))).as("once more").endsWith("refused=too_late");

        browser = new ByHand();
        var declined = callback(browser, "trudy").replaceFirst("code=[^&]*", "error=access_denied");
        assertThat(ByHand.next(browser.get(declined))).endsWith("refused=cancelled");
    }

    @Test
    void oneCookieOpensBothProcessesAndASignOutClosesBoth() {
        var user = user("AUDITOR");
        var browser = new ByHand();
        var token = ByHand.token(browser.get(url() + "/console/sign-in"));
        var fields = Map.of("name", user.name(), "password", user.password());
        var before = browser.cookies();
        assertThat(ByHand.next(browser.post(second.url() + "/console/sign-in", token, fields)))
                .endsWith("/console");
        assertThat(browser.cookies())
                .as("nobody goes on with a session that was there before")
                .isNotEqualTo(before);
        token = ByHand.token(browser.get(url() + "/console/password"));
        var own = own(user.name());
        var change = Map.of("current", user.password(), "next", own, "again", own);
        assertThat(ByHand.next(browser.post(second.url() + "/console/password", token, change)))
                .endsWith("/console");
        for (var process : List.of(url(), second.url())) {
            assertThat(browser.get(process + "/console/requests").body()).contains(user.name());
        }
        token = ByHand.token(browser.get(url() + "/console"));
        assertThat(ByHand.next(browser.post(second.url() + "/console/sign-out", token, Map.of())))
                .endsWith("/console/sign-in/out");
        for (var process : List.of(url(), second.url())) {
            assertThat(ByHand.next(browser.get(process + "/console"))).contains("/console/sign-in");
        }
    }

    @Test
    void whoeverIsDisabledOrHasAnotherPasswordIsSignedOutInAllProcessesAtOnce() {
        var user = user("AUDITOR");
        try (var visitor = window(user.name(), 1280, 900, false).begin(user.password(), own(user.name()));
                var elsewhere = there(user.name())) {
            elsewhere.open("/console/requests").signIn(own(user.name())).isAt("/console/requests");
            admin().post("/v1/users/" + user.id() + "/disable", "").with(200);
            elsewhere.open("/console/requests").sees("Sign in to go on.");
            visitor.open("/console/requests").sees("Sign in to go on.");
            admin().post("/v1/users/" + user.id() + "/enable", "").with(200);
            visitor.open("/console/requests").sees("Sign in to go on.");
        }
    }

    @Test
    void whatIsStoredOfASessionTellsNothingAndOpensNothing() {
        var user = user("AUDITOR");
        try (var visitor = window(user.name(), 1280, 900, false).begin(user.password(), own(user.name()))) {
            var id = jdbc.sql("select session_id from console_session where principal_name = ?")
                    .param("user:" + user.id())
                    .query(String.class)
                    .single();
            var stored = jdbc.sql("""
                select a.attribute_bytes from console_session_attributes a
                join console_session s on s.primary_id = a.session_primary_id where s.session_id = ?
                """).param(id).query(byte[].class).list();
            assertThat(stored)
                    .hasSizeGreaterThan(1)
                    .allSatisfy(bytes -> assertThat(new String(bytes, StandardCharsets.ISO_8859_1))
                            .doesNotContain(user.id())
                            .doesNotContain("java")
                            .doesNotContain("\u00ac\u00ed\u0000\u0005"));
            var cookie = visitor.context().cookies().getFirst();
            assertThat(cookie.name).isEqualTo("expunge_session");
            assertThat(cookie.value).startsWith(id + ".");
            for (var forged : List.of(id, id + ".", id + "." + "A".repeat(43))) {
                visitor.context()
                        .addCookies(List.of(
                                new com.microsoft.playwright.options.Cookie("expunge_session", forged).setUrl(url())));
                visitor.open("/console").sees("Sign in to go on.");
            }
        }
    }

    @Test
    void withoutTheTableOfSessionsThePageSaysSoAndNoSessionIsLost() {
        var browser = signedIn(user("AUDITOR"));
        jdbc.sql("alter table console_session rename to console_session_away").update();
        try {
            for (var path : List.of("/console", "/console/sign-in")) {
                var answer = browser.get(url() + path);
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(answer.body()).contains("The database does not answer");
                assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            }
        } finally {
            jdbc.sql("alter table console_session_away rename to console_session")
                    .update();
        }
        assertThat(browser.get(url() + "/console").statusCode()).isEqualTo(200);
    }

    @Test
    void cookiesAreForTlsAloneWhereAProxySaysThatThereIsTls() {
        var client = org.springframework.web.client.RestClient.create();
        for (var process : List.of(url(), second.url())) {
            var cookie = client.get()
                    .uri(process + "/console/sign-in")
                    .header("X-Forwarded-Proto", "https")
                    .retrieve()
                    .toBodilessEntity()
                    .getHeaders()
                    .getFirst("Set-Cookie");
            assertThat(cookie).contains("HttpOnly", "SameSite=Lax");
            assertThat(cookie.contains("Secure"))
                    .as("only where the settings trust the proxy")
                    .isEqualTo(process.equals(second.url()));
        }
    }

    private static Map<String, Object> claims(String name, String... roles) {
        return Map.of(
                "preferred_username",
                name,
                "email",
                "somebody@example.org",
                "realm_access",
                Map.of("roles", List.of(roles)));
    }

    /** A window before the second process, which may go to the provider. */
    private Visitor there(String name) {
        return window(second.url(), name, 1280, 900, false).mayAsk(provider.issuer());
    }

    private tools.jackson.databind.JsonNode found(String name) {
        return admin().get("/v1/users")
                .body()
                .valueStream()
                .filter(user -> user.get("name").asString().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private ByHand signIn(String subject) {
        var browser = new ByHand();
        assertThat(ByHand.next(back(browser, subject))).endsWith("/console");
        return browser;
    }

    /** The answer of the second process to whoever comes back from the provider. */
    private java.net.http.HttpResponse<String> back(ByHand browser, String subject) {
        return browser.get(callback(browser, subject));
    }

    /** The address by which the provider sends whoever it signed in back. */
    private String callback(ByHand browser, String subject) {
        var question = ByHand.next(browser.get(second.url() + "/console/sign-in/with/oidc"));
        return ByHand.next(browser.get(question.replaceFirst("/authorize\\?", "/chosen?subject=" + subject + "&")));
    }
}
