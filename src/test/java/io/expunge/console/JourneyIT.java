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

/**
 * From somebody's wish to be forgotten to the certificate in another person's hands, for each role: what it may do it does by
 * pages alone, and what it may not is not offered to it, and refused where it is forced. All go along with one run.
 */
class JourneyIT extends ConsoleTest {

    private final Inspection inspection = new Inspection();

    private Visitor intake;
    private Visitor engineer;
    private Visitor officer;
    private Visitor approver;
    private Visitor auditor;
    private Visitor admin;

    private String policy;
    private String people;
    private String model;
    private String request;
    private String run;
    private String certificate;

    @Test
    void everyRoleGoesTheWholeWayAsFarAsItMay() throws IOException {
        train();
        try (var one = visitor("INTAKE");
                var two = visitor("ENGINEER");
                var three = visitor("PRIVACY_OFFICER");
                var four = visitor("PRIVACY_OFFICER");
                var five = visitor("AUDITOR");
                var six = visitor("ADMIN")) {
            intake = one;
            engineer = two;
            officer = three;
            approver = four;
            auditor = five;
            admin = six;
            file();
            watch();
            decide();
            lookBack();
            verify();
            pauseAStandingOrder();
            sendNewsAgain();
        }
        inspection.foundNothingWrong();
    }

    private void train() {
        policy = "journey-" + UUID.randomUUID().toString().substring(24);
        var rules = new HashMap<>(WholePathIT.policy(policy, List.of(Map.of("name", "exact-retraining", "seed", 5))));
        rules.put("divergenceModels", 10);
        as("PRIVACY_OFFICER").putJson("/v1/policies/" + policy, rules).with(200);
        people = policy + "-";
        model = WholePathIT.trainedModel(as("ENGINEER"), policy, people);
    }

    private void file() {
        officer.open("/console/forget")
                .fill(
                        "Who is to be forgotten?",
                        IntStream.range(0, 6).mapToObj(i -> people + i).collect(Collectors.joining("\n")))
                .press("Go on");
        inspection.look(officer, "forget-law");
        officer.press("Go on").sees("exact-retraining");
        inspection.look(officer, "forget-check");
        officer.press("File the request").sees("The request is filed.");
        request = officer.page().url().replaceAll(".*/", "");

        intake.isAt("/console/forget").fill("Who is to be forgotten?", people + "unknown");
        intake.press("Go on").press("Go on").press("File the request").sees("The request is filed.");

        for (var other : List.of(engineer, auditor, admin)) {
            mayNotSee(other, "/console/forget");
            mayNotDo(other, "/console/forget/file", "people=" + people + "7");
        }
    }

    /** Pages are opened once; what follows comes by itself. */
    private void watch() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(120))
                .until(() -> as("INTAKE")
                        .get("/v1/erasure-requests/" + request)
                        .body()
                        .toString()
                        .contains("runId"));
        run = as("INTAKE")
                .get("/v1/erasure-requests/" + request)
                .body()
                .get("targets")
                .get(0)
                .get("runId")
                .asString();
        var watching = List.of(engineer, officer, approver, auditor);
        for (var one : watching) {
            one.open("/console/runs/" + run).sees("exact-retraining");
        }
        for (var other : List.of(intake, admin)) {
            mayNotSee(other, "/console/runs");
            mayNotSee(other, "/console/runs/" + run);
            mayNotDo(other, "/console/runs/" + run + "/cancel", "");
        }
        mayNotDo(auditor.doesNotSee("Cancel"), "/console/runs/" + run + "/cancel", "");
        for (var one : watching) {
            one.sees("Look at the evidence and decide");
            one.page().locator("#curves canvas").first().waitFor();
        }
    }

    private void decide() {
        for (var one : List.of(engineer, officer, approver, auditor)) {
            one.follow("Look at the evidence and decide").sees("Did it forget?").sees("forget.accuracy");
        }
        for (var other : List.of(intake, engineer, auditor, admin)) {
            mayNotDo(other.doesNotSee("Approve and publish"), "/console/runs/" + run + "/approve", "");
        }
        for (var other : List.of(intake, admin)) {
            mayNotSee(other, "/console/runs/" + run + "/evidence");
        }
        officer.doesNotSee("Approve and publish").sees("so somebody else must approve it");
        approver.sees("Distance to retraining as distributions")
                .sees("Before and after, side by side")
                .sees("Can forgotten records be told from held-out ones?");
        assertThat(approver.page().locator("svg.plot").count()).isEqualTo(6);
        inspection.look(approver, "evidence");
        approver.force("/console/runs/" + run + "/approve", "");
        assertThat(as("AUDITOR").get("/v1/runs/" + run).text("state"))
                .as("what did not pass, approved without a word on it")
                .isEqualTo("awaiting_approval");
        approver.open("/console/requests/" + request).sees("Waits for a decision.");
        approver.follow("Look at the evidence and decide").sees("In short");
        approver.page().getByLabel("I know that the verdict is").check();
        approver.press("Approve and publish").sees("Approved.");
        Awaitility.await()
                .atMost(Duration.ofSeconds(120))
                .until(() -> as("AUDITOR")
                        .get("/v1/erasure-requests/" + request)
                        .text("state")
                        .equals("completed"));
    }

    private void lookBack() {
        approver.open("/console/runs/" + run).sees("succeeded");
        approver.page().locator("#curves canvas").first().waitFor();
        inspection.look(approver, "run");
        approver.open("/console/runs/" + run + "/evidence")
                .follow("The certificate")
                .sees("Certificate");
        approver.open("/console/requests/" + request).sees("run.approved").sees("Certificates");
        inspection.look(approver, "request");
        approver.open("/console/models/" + model).sees("version 2, unlearned, published, served");
        inspection.look(approver, "model");
        approver.press("Compare two").sees("Side by side").sees("Records it no longer learned from");
        assertThat(approver.page().locator("svg.plot").count())
                .as("utility over the versions")
                .isEqualTo(1);
        approver.unfold("Roll back").choose("To", "version 1, published").fill("Type the name of the model", "no");
        approver.press("Roll back").sees("Must be the name of this model");
        approver.page().locator("#typedName").fill("people");
        approver.press("Roll back").sees(request);
    }

    /** Whoever may read it downloads it; whoever was given the file drops it. A file that was changed does not hold. */
    private void verify() throws IOException {
        certificate = as("AUDITOR")
                .get("/v1/erasure-requests/" + request + "/certificates")
                .body()
                .get(0)
                .get("id")
                .asString();
        var page = "/console/certificates/" + certificate;
        Awaitility.await()
                .atMost(Duration.ofSeconds(120))
                .until(() -> as("AUDITOR")
                        .get("/v1/certificates/" + certificate)
                        .body()
                        .has("proof"));
        var file = "";
        for (var one : List.of(engineer, approver, auditor)) {
            one.open("/console/certificates").sees(end(certificate)).sees(end(request));
            one.open(page).sees("come from a training that never read the records");
            assertThat(one.page()
                            .locator("main a[href='/console/requests/" + request + "']")
                            .count())
                    .as("requests are for whoever may see them")
                    .isEqualTo(one == engineer ? 0 : 1);
            one.page()
                    .frameLocator("iframe")
                    .getByText("Certificate of unlearning")
                    .first()
                    .waitFor();
            one.page().waitForFunction("""
                    () => {
                      const frame = document.querySelector('iframe.paper');
                      return frame.contentDocument.documentElement.scrollHeight <= frame.clientHeight;
                    }\
                    """);
            var download = one.page()
                    .waitForDownload(() ->
                            one.page().getByText("Download (JSON, to verify)").click());
            file = Files.readString(download.path());
        }
        inspection.look(auditor, "certificate");
        auditor.follow("Verify").sees("Genuine and unchanged.").sees("a key of this service");
        inspection.look(auditor, "certificate-verified");
        inspection.look(auditor.open("/console/certificates"), "certificates-issued");
        for (var other : List.of(intake, admin)) {
            mayNotSee(other, "/console/certificates");
            mayNotSee(other, page);
            mayNotSee(other, page + "/verification");
        }
        for (var one : List.of(intake, engineer, approver, auditor, admin)) {
            drop(one.open("/console/certificates/verify"), file);
            one.sees("Genuine and unchanged.").sees("Its verdict:").sees(certificate);
        }
        inspection.look(auditor, "verified");
        choose(auditor, "forged.json", file.replaceFirst("\"payload\"\\s*:\\s*\"[^\"]{8}", "\"payload\":\"AAAAAAAA"));
        auditor.sees("It is not what this service signed.").sees("The rest was not looked at");
        inspection.look(auditor, "verified-forged");
        choose(auditor, "certificate.pdf", "%PDF-1.7");
        auditor.sees("rendering for people to read");
    }

    /** It is sent without a button. */
    private static void choose(Visitor visitor, String name, String content) {
        visitor.open("/console/certificates/verify")
                .page()
                .locator("#file")
                .setInputFiles(new FilePayload(name, "application/json", content.getBytes(StandardCharsets.UTF_8)));
    }

    private static void drop(Visitor visitor, String content) {
        var data = visitor.page()
                .evaluateHandle(
                        "text => { const t = new DataTransfer(); t.items.add(new File([text], 'certificate.json',"
                                + " {type: 'application/json'})); return t; }",
                        content);
        visitor.page().dispatchEvent("[data-drop]", "drop", Map.of("dataTransfer", data));
    }

    private void pauseAStandingOrder() {
        var schedule = as("PRIVACY_OFFICER")
                .post(
                        "/v1/schedules",
                        Map.of(
                                "name",
                                "order of " + policy,
                                "cron",
                                "@yearly",
                                "timeZone",
                                "UTC",
                                "selection",
                                Map.of("name", "pending")))
                .with(201)
                .text("id");
        var page = "/console/schedules/" + schedule;
        officer.open(page).press("Pause").sees("Paused: nothing happens until it goes on.");
        for (var one : List.of(engineer, auditor)) {
            one.open(page).sees("not while it is paused").doesNotSee("Go on");
            mayNotDo(one, page + "/pause", "");
            mayNotDo(one, page + "/resume", "");
        }
        for (var other : List.of(intake, admin)) {
            mayNotSee(other, "/console/schedules");
            mayNotSee(other, page);
            mayNotDo(other, page + "/pause", "");
        }
        approver.open(page).press("Go on").sees("It goes on.");
    }

    private void sendNewsAgain() {
        var webhook = admin().post("/v1/webhooks", Map.of("url", "https://203.1.113.7/" + policy))
                .with(201)
                .body()
                .findValue("id")
                .asString();
        admin().post("/v1/webhooks/" + webhook + "/test", "").with(202);
        var page = "/console/webhooks/" + webhook;
        admin.open(page).press("Send webhook.test once more").sees("It is sent once more.");
        for (var other : List.of(intake, engineer, officer, auditor)) {
            mayNotSee(other, "/console/webhooks");
            mayNotSee(other, page);
            mayNotDo(other, page + "/deliveries/1/replay", "");
        }
        admin().delete("/v1/webhooks/" + webhook).with(204);
    }

    /** Neither offered nor shown. */
    private static void mayNotSee(Visitor visitor, String path) {
        visitor.expecting("403").open(path).sees("Not with your roles");
        assertThat(visitor.page().locator("nav a[href='" + path + "']").count())
                .as(path)
                .isZero();
    }

    /** Refused where somebody sends it all the same, with the token of a page. */
    private static void mayNotDo(Visitor visitor, String action, String body) {
        assertThat(visitor.expecting("403").force(action, body)).as(action).isEqualTo(403);
    }
}
