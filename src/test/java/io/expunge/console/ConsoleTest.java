package io.expunge.console;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.options.ReducedMotion;
import io.expunge.HttpTest;
import io.expunge.evidence.WholePathIT;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/** The whole service and a real browser before it. */
abstract class ConsoleTest extends HttpTest {

    static final String PASSWORD = "correct horse battery staple";

    private static final Map<String, Object> RETRAIN = Map.of("name", "exact-retraining", "seed", 5);

    private static String people;
    private static String model;
    private static int asked;

    /** A request that stays open: a model must forget whom it names, and nobody orders the run. */
    synchronized String openRequest() {
        if (model == null) {
            people = "scene-" + UUID.randomUUID().toString().substring(24) + "-";
            var policy = new TreeMap<>(WholePathIT.policy("by-hand", List.of(RETRAIN)));
            policy.put("automatic", false);
            as("PRIVACY_OFFICER").putJson("/v1/policies/by-hand", policy).with(200);
            model = WholePathIT.trainedModel(as("ENGINEER"), "by-hand", people);
        }
        var id = filed(
                IntStream.range(0, 6).mapToObj(i -> people + (asked++ % 100)).toList());
        Awaitility.await()
                .atMost(Duration.ofSeconds(120))
                .until(() -> as("INTAKE")
                        .get("/v1/erasure-requests/" + id)
                        .text("state")
                        .equals("resolved"));
        return id;
    }

    static String sceneModel() {
        return model;
    }

    static String scenePerson() {
        return people + 50;
    }

    String filed(List<String> subjects) {
        return as("INTAKE")
                .post(
                        "/v1/erasure-requests",
                        Map.of(
                                "regulation",
                                "gdpr",
                                "submittedAt",
                                Instant.now().minusSeconds(3_600).toString(),
                                "subjects",
                                subjects))
                .with(202)
                .text("id");
    }

    /** The last eight characters, by which pages name things. */
    static String end(String id) {
        return id.substring(28);
    }

    /** A new user in these roles, signed in, at the first page that there is for them. */
    Visitor visitor(String... roles) {
        var made = user(roles);
        return window(made.name(), 1280, 900, false)
                .with(signedIn(made).cookies())
                .open("/console");
    }

    /** Has a one-time password changed for one of the user's own; by hand, since pages take longer to draw. */
    ByHand signedIn(NewUser user) {
        var browser = new ByHand();
        var token = ByHand.token(browser.get(url() + "/console/sign-in"));
        browser.post(url() + "/console/sign-in", token, Map.of("name", user.name(), "password", user.password()));
        token = ByHand.token(browser.get(url() + "/console/password"));
        var own = own(user.name());
        browser.post(url() + "/console/password", token, Map.of("current", user.password(), "next", own, "again", own));
        return browser;
    }

    /** What a user chooses in the place of the password for one use. */
    static String own(String name) {
        return PASSWORD + " " + name.substring(Math.max(0, name.length() - 8));
    }

    /** Somebody who may sign in with a password for one use. */
    record NewUser(String id, String name, String password) {}

    NewUser user(String... roles) {
        var name = String.join("+", roles).toLowerCase(java.util.Locale.ROOT) + "-"
                + UUID.randomUUID().toString().substring(24);
        var made = admin().post("/v1/users", Map.of("name", name, "roles", List.of(roles)))
                .with(201)
                .body();
        return new NewUser(
                made.get("user").get("id").asString(),
                name,
                made.get("password").asString());
    }

    /** A fresh window, nobody signed in. */
    Visitor window(String name, int width, int height, boolean dark) {
        return window(url(), name, width, height, dark);
    }

    /** The same before another process. */
    static Visitor window(String url, String name, int width, int height, boolean dark) {
        var context = Chromium.browser()
                .newContext(new Browser.NewContextOptions()
                        .setViewportSize(width, height)
                        .setReducedMotion(ReducedMotion.REDUCE)
                        .setColorScheme(
                                dark
                                        ? com.microsoft.playwright.options.ColorScheme.DARK
                                        : com.microsoft.playwright.options.ColorScheme.LIGHT));
        return new Visitor(url, name, context);
    }
}
