package io.expunge.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.options.FilePayload;
import io.expunge.evidence.WholePathIT;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** From somebody's wish to be forgotten to the certificate in another person's hands, by pages alone. */
class JourneyIT extends ConsoleTest {

    @Test
    void somebodyIsForgottenByPagesAlone() throws IOException {
        var policy = "journey-" + UUID.randomUUID().toString().substring(24);
        var rules = new HashMap<>(WholePathIT.policy(policy, List.of(Map.of("name", "exact-retraining", "seed", 5))));
        rules.put("divergenceModels", 10);
        as("PRIVACY_OFFICER").putJson("/v1/policies/" + policy, rules).with(200);
        var people = policy + "-";
        var model = WholePathIT.trainedModel(as("ENGINEER"), policy, people);
        var inspection = new Inspection();
        String request;
        try (var clerk = visitor("INTAKE")) {
            clerk.fill(
                            "Who is to be forgotten?",
                            IntStream.range(0, 6).mapToObj(i -> people + i).collect(Collectors.joining("\n")))
                    .press("Go on");
            inspection.look(clerk, "forget-law");
            clerk.press("Go on").sees("by policy " + policy);
            inspection.look(clerk, "forget-check");
            clerk.press("File the request").sees("The request is filed.");
            request = clerk.page().url().replaceAll(".*/", "");
        }
        var run = runOf(request);
        try (var engineer = visitor("ENGINEER")) {
            // the page is opened once; what follows comes by itself
            engineer.open("/console/runs/" + run).sees("exact-retraining");
            engineer.sees("Look at the evidence and decide");
            engineer.page().locator("#curves canvas").first().waitFor();
            engineer.follow("Look at the evidence and decide")
                    .sees("Did it forget?")
                    .doesNotSee("Approve and publish");
        }
        String certificate;
        try (var officer = visitor("PRIVACY_OFFICER")) {
            officer.open("/console").sees("Waits for a decision");
            officer.open("/console/runs/" + run + "/evidence")
                    .sees("forget.accuracy")
                    .sees("Distance to retraining as distributions")
                    .sees("Before and after, side by side")
                    .sees("Can forgotten records be told from held-out ones?");
            assertThat(officer.page().locator("svg.plot").count()).isEqualTo(6);
            inspection.look(officer, "evidence");
            officer.press("Approve and publish").sees("Approved.");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(120))
                    .until(() -> as("AUDITOR")
                            .get("/v1/erasure-requests/" + request)
                            .text("state")
                            .equals("completed"));
            officer.open("/console/runs/" + run).sees("succeeded");
            officer.page().locator("#curves canvas").first().waitFor();
            inspection.look(officer, "run");
            officer.open("/console/requests/" + request).sees("run.approved").sees("Certificates");
            inspection.look(officer, "request");
            certificate = as("AUDITOR")
                    .get("/v1/erasure-requests/" + request + "/certificates")
                    .body()
                    .get(0)
                    .get("id")
                    .asString();
            officer.open("/console/models/" + model).sees("version 2, unlearned, published, served");
            inspection.look(officer, "model");
            officer.press("Compare two").sees("Side by side").sees("Records it no longer learned from");
            assertThat(officer.page().locator("svg.plot").count())
                    .as("utility over the versions")
                    .isEqualTo(1);
            officer.unfold("Roll back").choose("To", "version 1, published").fill("Type the name of the model", "no");
            officer.press("Roll back").sees("Must be the name of this model");
            officer.page().locator("#typedName").fill("people");
            officer.press("Roll back").sees(request);
        }
        verify(certificate, inspection);
        inspection.foundNothingWrong();
    }

    private String runOf(String request) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(120))
                .until(() -> as("INTAKE")
                        .get("/v1/erasure-requests/" + request)
                        .body()
                        .toString()
                        .contains("runId"));
        return as("INTAKE")
                .get("/v1/erasure-requests/" + request)
                .body()
                .get("targets")
                .get(0)
                .get("runId")
                .asString();
    }

    /** By an auditor, who downloads it and drops the file; a file that was changed does not hold. */
    private void verify(String certificate, Inspection inspection) throws IOException {
        Awaitility.await()
                .atMost(Duration.ofSeconds(120))
                .until(() -> as("AUDITOR")
                        .get("/v1/certificates/" + certificate)
                        .body()
                        .has("proof"));
        try (var auditor = visitor("AUDITOR")) {
            auditor.open("/console/certificates").sees(end(certificate));
            auditor.open("/console/certificates/" + certificate);
            auditor.page()
                    .frameLocator("iframe")
                    .getByText("Certificate of unlearning")
                    .first()
                    .waitFor();
            inspection.look(auditor, "certificate");
            // as tall as the paper in it, so that all of it can be looked at
            auditor.page().setViewportSize(1280, 3600);
            auditor.page()
                    .screenshot(new com.microsoft.playwright.Page.ScreenshotOptions()
                            .setPath(java.nio.file.Path.of("target/console/certificate-whole.png")));
            auditor.page().setViewportSize(1280, 900);
            var download = auditor.page()
                    .waitForDownload(() -> auditor.page()
                            .getByText("Download (JSON, to verify)")
                            .click());
            var file = Files.readString(download.path());
            auditor.open("/console/certificates/verify");
            drop(auditor, file);
            auditor.sees("The certificate holds in every point.");
            inspection.look(auditor, "verified");
            auditor.open("/console/certificates/verify")
                    .page()
                    .locator("#file")
                    .setInputFiles(new FilePayload(
                            "forged.json",
                            "application/json",
                            file.replaceFirst("\"payload\"\\s*:\\s*\"[^\"]{8}", "\"payload\":\"AAAAAAAA")
                                    .getBytes(StandardCharsets.UTF_8)));
            auditor.press("Verify").sees("The certificate does not hold.");
        }
    }

    private static void drop(Visitor visitor, String content) {
        var data = visitor.page()
                .evaluateHandle(
                        "text => { const t = new DataTransfer(); t.items.add(new File([text], 'certificate.json', {type: 'application/json'})); return t; }",
                        content);
        visitor.page().dispatchEvent("[data-drop]", "drop", Map.of("dataTransfer", data));
    }

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
                    .fill("Address", "https://localhost/hook")
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
