package io.expunge.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Each page and each action, tried with each role and without a session; the table stands in docs/console.md. */
class RolesIT extends ConsoleTest {

    private static final List<String> ROLES = List.of("INTAKE", "ENGINEER", "PRIVACY_OFFICER", "AUDITOR", "ADMIN");
    private static final String NOBODYS = "0198f8a0-0000-7000-8000-000000000000";

    /** @param body of a form, or null for a page */
    private record Action(String path, Map<String, String> body) {

        String name() {
            return (body == null ? "see " : "post ")
                    + path.replace(NOBODYS, "{id}").replaceAll("\\?.*", "");
        }
    }

    private static List<Action> actions() {
        var all = new ArrayList<Action>();
        for (var page : List.of(
                "",
                "/forget",
                "/requests",
                "/requests/export",
                "/runs",
                "/runs/order",
                "/certificates",
                "/certificates/verify",
                "/certificates/keys",
                "/schedules",
                "/models",
                "/datasets",
                "/policies",
                "/policies/default",
                "/audit",
                "/audit/consistency?first=1&second=1",
                "/workers",
                "/webhooks",
                "/system",
                "/users",
                "/overview/forecast",
                "/requests/{id}",
                "/requests/{id}/evidence-pack",
                "/runs/{id}",
                "/runs/{id}/curves",
                "/runs/{id}/evidence",
                "/certificates/{id}",
                "/certificates/{id}/verification",
                "/schedules/{id}",
                "/models/{id}",
                "/datasets/{id}",
                "/audit/{id}/proof",
                "/webhooks/{id}")) {
            all.add(new Action("/console" + page.replace("{id}", NOBODYS), null));
        }
        var forms = new LinkedHashMap<String, Map<String, String>>();
        forms.put("/forget/law", Map.of("people", "x"));
        forms.put("/forget/check", Map.of("people", "x"));
        forms.put("/forget/file", Map.of("people", "x"));
        forms.put("/datasets/look-up", Map.of("person", "x"));
        forms.put("/requests/bulk", Map.of("what", "ACKNOWLEDGE", "ids", NOBODYS));
        for (var verb : List.of("people", "acknowledge", "release", "cancel", "certify")) {
            forms.put("/requests/{id}/" + verb, Map.of());
        }
        forms.put("/requests/{id}/extend", Map.of("reason", "COMPLEXITY", "notifiedAt", "2026-01-01T00:00"));
        forms.put("/requests/{id}/hold", Map.of("holdGround", "LEGAL_CLAIMS"));
        forms.put("/requests/{id}/refuse", Map.of("refusalGround", "LEGAL_CLAIMS"));
        forms.put("/requests/{id}/recipients/{id}", Map.of("outcome", "NOTIFIED"));
        forms.put("/runs", Map.of("modelId", NOBODYS));
        for (var verb : List.of("cancel", "retry", "approve", "reject")) {
            forms.put("/runs/{id}/" + verb, Map.of());
        }
        forms.put("/runs/{id}/priority", Map.of("priority", "high"));
        forms.put("/models/{id}/rollback", Map.of("versionId", NOBODYS, "typedName", "x"));
        forms.put("/models/{id}/retrain", Map.of("key", "k1"));
        forms.put("/models/{id}/destroy", Map.of("key", "k2", "modelName", "x"));
        forms.put("/schedules", Map.of("name", "n", "cron", "nonsense", "timeZone", "UTC", "selection", "pending"));
        for (var verb : List.of("dry-run", "pause", "resume", "run", "delete")) {
            forms.put("/schedules/{id}/" + verb, Map.of());
        }
        forms.put("/policies/of-roles", Map.of("references", "1", "waitSeconds", "0"));
        forms.put("/audit/checkpoints", Map.of());
        forms.put("/audit/verify", Map.of("kept", "x"));
        forms.put("/webhooks", Map.of("url", "nonsense"));
        for (var verb : List.of("test", "enable", "rotate", "delete", "deliveries/1/replay")) {
            forms.put("/webhooks/{id}/" + verb, Map.of());
        }
        forms.put("/users", Map.of("name", "with space", "roles", "INTAKE"));
        for (var verb : List.of("disable", "enable", "reset-password")) {
            forms.put("/users/{id}/" + verb, Map.of());
        }
        forms.put("/users/{id}/roles", Map.of("roles", "INTAKE"));
        forms.put("/users/keys", Map.of("keyName", " ", "keyRoles", "INTAKE"));
        forms.put("/users/keys/{id}/revoke", Map.of());
        forms.forEach((path, body) -> all.add(new Action("/console" + path.replace("{id}", NOBODYS), body)));
        return all;
    }

    @Test
    void everyPageAndActionIsOpenToTheRolesThatTheDocumentationNamesAndNobodyElse() throws Exception {
        var table = new TreeMap<String, List<String>>();
        for (var role : ROLES) {
            var session = new Session(user(role));
            for (var action : actions()) {
                int status = session.send(action);
                assertThat(status).as(action.name() + " as " + role).isLessThan(500);
                if (status != 403) {
                    table.computeIfAbsent(action.name(), name -> new ArrayList<>())
                            .add(role);
                }
            }
        }
        var nobody = new Session(null);
        for (var action : actions()) {
            assertThat(nobody.send(action)).as(action.name()).isEqualTo(302);
        }
        var text = new StringBuilder("| page or action | intake | engineer | privacy officer | auditor | admin |\n"
                + "|---|---|---|---|---|---|\n");
        actions().forEach(action -> {
            text.append("| ").append(action.name()).append(" |");
            ROLES.forEach(role ->
                    text.append(table.getOrDefault(action.name(), List.of()).contains(role) ? " yes |" : " |"));
            text.append('\n');
        });
        Files.writeString(Files.createDirectories(Path.of("target/console")).resolve("roles.md"), text);
        assertThat(Files.readString(Path.of("docs/console.md"))).contains(text);
    }

    /** Somebody signed in; nobody where there is no user. */
    private final class Session {

        private final ByHand browser;
        private final String token;

        Session(NewUser user) {
            browser = user == null ? new ByHand() : signedIn(user);
            token = ByHand.token(browser.get(url() + (user == null ? "/console/sign-in" : "/console/password")));
        }

        int send(Action action) {
            // of another session, or of none, a token is worth nothing
            return action.body() == null
                    ? browser.get(url() + action.path()).statusCode()
                    : post(action.path(), action.body());
        }

        private int post(String path, Map<String, String> fields) {
            return browser.post(url() + path, token, fields).statusCode();
        }
    }
}
