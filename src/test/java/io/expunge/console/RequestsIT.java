package io.expunge.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

class RequestsIT extends ConsoleTest {

    @Test
    void somebodyIsForgottenInFourStepsAndNoAddressTellsWhom() {
        var person = "wizard-" + UUID.randomUUID();
        try (var visitor = visitor("PRIVACY_OFFICER")) {
            var addresses = new ArrayList<String>();
            visitor.page().onRequest(request -> addresses.add(request.url()));
            visitor.open("/console/forget").expecting("422").press("Go on").sees("Must name at least one person");
            visitor.fill("Who is to be forgotten?", person + "\n" + person + "-too")
                    .press("Go on");
            visitor.sees("The legal clock starts here");
            visitor.fill("The request was received", "2001-01-01T10:00")
                    .press("Go on")
                    .sees("Must not be more than ten years ago");
            assertThat(visitor.page().inputValue("#received"))
                    .as("what was typed stays")
                    .isEqualTo("2001-01-01T10:00");
            visitor.press("Back");
            assertThat(visitor.page().inputValue("#people")).contains(person);
            visitor.press("Go on");
            visitor.fill("The request was received", Typed.local(Instant.now(), java.time.ZoneOffset.UTC))
                    .press("Go on")
                    .sees("2 people")
                    .sees("of whom nothing is known here")
                    .sees("Nothing has happened yet");
            visitor.press("File the request").sees("The request is filed.");
            assertThat(visitor.page().url()).matches(".*/console/requests/[0-9a-f-]{36}");
            assertThat(addresses).isNotEmpty().noneMatch(address -> address.contains("wizard-"));
            visitor.press("Show whom it names").sees(person + "-too");
            visitor.open(visitor.page().url().replaceAll(".*(/console/.*)/people", "$1"))
                    .sees("erasure.received");
        }
    }

    @Test
    void whoeverIsNotKnownAmongOthersIsPointedOutAndWhatOneFiledIsFoundAgain() {
        openRequest();
        try (var visitor = visitor("INTAKE")) {
            visitor.open("/console/forget").fill("Who is to be forgotten?", scenePerson() + "\nmistyped@example.org");
            visitor.press("Go on")
                    .press("Go on")
                    .sees("1 person in no data set")
                    .sees("mistyped@example.org");
            visitor.press("File the request").sees("The request is filed.");
            var filed = visitor.page().url().replaceAll(".*/", "");
            visitor.open("/console/forget")
                    .sees("Filed by you lately")
                    .follow(end(filed))
                    .sees("Models that must forget");
        }
        try (var other = visitor("INTAKE")) {
            other.open("/console/forget").doesNotSee("Filed by you lately");
        }
    }

    @Test
    void aDeadlineIsExtendedHeldAndReleasedByThePageAndAnOldPageSaysHowItStands() {
        var id = openRequest();
        as("PRIVACY_OFFICER")
                .post("/v1/erasure-requests/" + id + "/hold", Map.of("ground", "identity_check"))
                .with(200);
        try (var visitor = visitor("PRIVACY_OFFICER");
                var other = visitor("PRIVACY_OFFICER")) {
            other.open("/console/requests/" + id).sees("identity check");
            visitor.open("/console/requests/" + id).press("End the hold").sees("The hold has ended.");
            other.press("End the hold").sees("is not held").sees("This is how it stands now.");
        }
    }

    @Test
    void anExtensionNeedsItsReasonAndWhenThePersonWasTold() {
        var id = openRequest();
        try (var visitor = visitor("PRIVACY_OFFICER")) {
            visitor.open("/console/requests/" + id).unfold("Extend the period");
            visitor.choose("Reason", "complexity").fill("The person was told of it and why", "2020-01-01T00:00");
            visitor.press("Extend").sees("told");
            assertThat(visitor.page().inputValue("#notifiedAt"))
                    .as("what was typed stays")
                    .isEqualTo("2020-01-01T00:00");
            visitor.fill("The person was told of it and why", Typed.local(Instant.now(), java.time.ZoneOffset.UTC));
            visitor.press("Extend").sees("The period is extended.").sees("before that the last day was");
        }
    }

    @Test
    void theListIsFilteredOrderedDecidedOnAndExported() throws IOException {
        var first = openRequest();
        var second = openRequest();
        try (var visitor = visitor("PRIVACY_OFFICER")) {
            visitor.open("/console/requests").sees(end(first)).sees(end(second));
            visitor.page().locator("input[name=ids][value='" + first + "']").check();
            visitor.page().locator("input[name=ids][value='" + second + "']").check();
            visitor.choose("With those that are marked", "confirm receipt").press("Do it");
            visitor.sees("Done for 2 requests.");
            visitor.choose("Show", "Completed").press("Show");
            assertThat(visitor.page().url()).contains("view=COMPLETED");
            visitor.doesNotSee(end(first));
            visitor.open("/console/requests");
            var download = visitor.page()
                    .waitForDownload(
                            () -> visitor.page().getByText("Export as CSV").click());
            var lines = Files.readAllLines(download.path());
            assertThat(lines.getFirst()).startsWith("id,state,regulation");
            assertThat(String.join("\n", lines)).contains(first, second);
        }
        try (var visitor = visitor("AUDITOR")) {
            visitor.open("/console/requests").sees(end(first)).doesNotSee("With those that are marked");
        }
    }

    @Test
    void theEvidencePackHoldsWhatProvesTheRequestAndNobodysName() throws IOException {
        var person = "pack-" + UUID.randomUUID();
        var id = filed(List.of(person));
        org.awaitility.Awaitility.await()
                .atMost(java.time.Duration.ofSeconds(60))
                .until(() -> as("AUDITOR")
                        .get("/v1/erasure-requests/" + id)
                        .text("state")
                        .equals("no_match"));
        as("PRIVACY_OFFICER")
                .post("/v1/erasure-requests/" + id + "/certificates", "")
                .with(201);
        org.awaitility.Awaitility.await()
                .atMost(java.time.Duration.ofSeconds(60))
                .until(() -> as("AUDITOR")
                        .get("/v1/audit/entries?subjectId=" + id)
                        .body()
                        .get("items")
                        .valueStream()
                        .allMatch(entry -> entry.has("index")));
        try (var visitor = visitor("AUDITOR")) {
            visitor.open("/console/requests/" + id).sees("Nobody found");
            var download = visitor.page()
                    .waitForDownload(() ->
                            visitor.page().getByText("Evidence pack").first().click());
            var files = unzipped(Files.readAllBytes(download.path()));
            assertThat(files.keySet()).contains("README.txt", "request.json", "clock.json", "keys.txt");
            assertThat(files.keySet()).anyMatch(name -> name.matches("certificates/.*\\.pdf"));
            assertThat(files.keySet()).anyMatch(name -> name.matches("audit/.*\\.proof\\.json"));
            assertThat(files.get("request.json")).contains(id);
            assertThat(files.values()).noneMatch(content -> content.contains(person));
        }
    }

    private static Map<String, String> unzipped(byte[] bytes) throws IOException {
        var all = new LinkedHashMap<String, String>();
        try (var zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
            for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                all.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return all;
    }
}
