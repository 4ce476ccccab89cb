package io.expunge.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What people do by pages beside the way from a wish to its certificate. */
class ActionsIT extends ConsoleTest {

    @Test
    void aStandingOrderIsMadeTriedPausedAndGoesOn() {
        try (var officer = visitor("PRIVACY_OFFICER")) {
            var name = "orders of " + UUID.randomUUID();
            officer.open("/console/schedules").fill("Name", name).fill("When", "every day");
            officer.press("Make it");
            assertThat(officer.page().getAttribute("#cron", "aria-invalid")).isEqualTo("true");
            assertThat(officer.page().inputValue("#name"))
                    .as("what was typed stays")
                    .isEqualTo(name);
            officer.choose("What", "forget people on a list wherever a model knows them")
                    .fill("People, one identifier a line", "nobody of that name");
            officer.fill("When", "@daily").press("Make it").sees("The standing order is made.");
            officer.follow(name).tap("Dry run").sees("Nothing was done.");
            officer.press("Pause").sees("Paused: nothing happens until it goes on.");
            new Inspection().look(officer, "schedule");
            officer.press("Go on").sees("It goes on.");
            officer.press("Run now").sees("It is done in a moment.");
        }
    }

    @Test
    void aWebhookIsMadeTestedAndReplayed() {
        try (var admin = visitor("ADMIN")) {
            admin.open("/console/webhooks")
                    .fill("Address", "https://10.0.0.7/hook")
                    .press("Make the webhook");
            assertThat(admin.page().getAttribute("#url", "aria-invalid")).isEqualTo("true");
            var url = "https://203.1.113.7/" + UUID.randomUUID();
            admin.fill("Address", url).press("Make the webhook").sees("whsec_");
            admin.follow(url).press("Send a test").sees("A message webhook.test is on its way.");
            admin.sees("webhook.test");
            var before = admin.page().getByText("Send again").count();
            admin.page().waitForLoadState();
            admin.press("Send webhook.test once more").sees("It is sent once more.");
            assertThat(before).isPositive();
            new Inspection().look(admin, "webhook");
            admin.page().onDialog(com.microsoft.playwright.Dialog::accept);
            admin.press("Delete").sees("No more news goes there.");
        }
    }

    @Test
    void theLogIsSearchedProvenSignedAndWalked() {
        var request = openRequest();
        try (var auditor = visitor("AUDITOR")) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(120))
                    .until(() -> as("AUDITOR")
                            .get("/v1/audit/entries?subjectId=" + request)
                            .body()
                            .get("items")
                            .valueStream()
                            .allMatch(entry -> entry.has("index")));
            auditor.open("/console/audit")
                    .fill("About (id of a request, a run, a version …)", "nonsense")
                    .press("Search");
            auditor.sees("Must be the id of a request");
            auditor.fill("About (id of a request, a run, a version …)", request).press("Search");
            auditor.sees("erasure.resolved").doesNotSee("user.created");
            auditor.press("Sign the log as it is now").sees("The log is signed with");
            auditor.fill("About (id of a request, a run, a version …)", request).press("Search");
            auditor.follow("proof");
            auditor.sees("Proof of entry").sees("c2sp.org/tlog-proof");
            new Inspection().look(auditor, "audit-proof");
            auditor.open("/console/audit").press("Walk the whole log").sees("The log is whole:");
            auditor.open("/console").sees("verified with");
        }
    }

    @Test
    void aRunIsOrderedByAFormThatTheContractMade() {
        var request = openRequest();
        try (var officer = visitor("PRIVACY_OFFICER")) {
            officer.open("/console/runs/order");
            officer.page().locator("#order-model").selectOption(sceneModel());
            officer.choose("Method", "fine-tuning");
            officer.page().locator("[name='fine-tuning.schedule.learningRate']").fill("fast");
            for (var field : officer.page()
                    .locator("fieldset:not([hidden]) input:not([name$=learningRate])")
                    .all()) {
                field.fill("1");
            }
            officer.press("Order the run").sees("Must be a number");
            assertThat(officer.page()
                            .locator("[name='fine-tuning.schedule.learningRate']")
                            .inputValue())
                    .isEqualTo("fast");
            officer.page().locator("[name='fine-tuning.schedule.learningRate']").fill("0.001");
            officer.page().locator("[name='fine-tuning.schedule.momentum']").fill("0.5");
            officer.press("Order the run").sees("The run is queued.").sees("fine-tuning");
            assertThat(as("AUDITOR")
                            .get("/v1/erasure-requests/" + request)
                            .body()
                            .toString())
                    .contains("runId");
            officer.page().onDialog(com.microsoft.playwright.Dialog::accept);
            officer.press("Cancel").sees("A stop is asked for");
        }
    }

    @Test
    void aPolicyIsMadeFromTheDefaultAndAnOldPageDoesNotOverwriteIt() {
        var name = "made-" + UUID.randomUUID().toString().substring(24);
        try (var officer = visitor("PRIVACY_OFFICER");
                var other = visitor("PRIVACY_OFFICER")) {
            officer.open("/console/policies").fill("Name", name).press("Begin with the rules of the default");
            officer.fill("Retrained models to compare with", "many").press("Store it");
            officer.sees("Must be a whole number");
            assertThat(officer.page().inputValue("#references")).isEqualTo("many");
            officer.fill("Retrained models to compare with", "2")
                    .press("Store it")
                    .sees("The policy is changed");
            other.open("/console/policies/" + name);
            officer.fill("Retrained models to compare with", "4")
                    .press("Store it")
                    .sees("The policy is changed");
            other.press("Store it").sees("This is how it stands now.");
            officer.choose("Another method", "gradient-ascent")
                    .press("Add it")
                    .sees("This is not stored yet.")
                    .sees("4. gradient-ascent");
            officer.press("Take gradient-ascent out").doesNotSee("4. gradient-ascent");
            officer.page().locator("[name='m0.penalty']").fill("much");
            officer.press("Store it").sees("Must be a number");
            assertThat(officer.page().locator("[name='m0.penalty']").inputValue())
                    .isEqualTo("much");
            new Inspection().look(officer, "policy-refused");
            var stored = as("AUDITOR").get("/v1/policies/" + name).body();
            assertThat(stored.get("references").asInt()).isEqualTo(4);
            assertThat(stored.get("methods"))
                    .isEqualTo(as("AUDITOR").get("/v1/policies/default").body().get("methods"));
        }
    }

    @Test
    void somebodyIsLookedUpWithoutATraceInAnyAddress() {
        openRequest();
        try (var officer = visitor("PRIVACY_OFFICER")) {
            officer.open("/console/datasets")
                    .fill("Identifier, as it stands in the data", scenePerson())
                    .press("Look up")
                    .sees("Known by 20 records.");
            assertThat(officer.page().url()).endsWith("/console/datasets/look-up");
            officer.fill("Identifier, as it stands in the data", "nobody")
                    .press("Look up")
                    .sees("Nobody here knows");
        }
    }
}
