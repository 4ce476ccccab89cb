package io.expunge.demo;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Where both acts are played.
 *
 * @param made secrets of keys by role, and ids of what there is to look at afterwards
 */
record Stage(String url, Map<String, String> made, Terminal terminal, Clock clock) {

    private static final Duration LOOK = Duration.ofMillis(300);

    Api api(String who) {
        return new Api(url, java.util.Objects.requireNonNull(made.get(who)));
    }

    /** Files a request for these people and follows it to its end; the run that served it. */
    String forget(String dataset, List<String> people) throws InterruptedException {
        var intake = api("intake");
        var officer = api("officer");
        var request = intake.post(
                "/v1/erasure-requests",
                Map.of(
                        "regulation",
                        "gdpr",
                        "submittedAt",
                        clock.instant().toString(),
                        "externalId",
                        "demo",
                        "subjects",
                        people,
                        "datasetIds",
                        List.of(dataset)));
        made.put("request", id(request));
        terminal.say("   due " + request.get("dueAt").asString());
        var path = "/v1/erasure-requests/" + id(request);
        var resolved = intake.get(path);
        while (!resolved.toString().contains("runId")) {
            Thread.sleep(LOOK);
            resolved = intake.get(path);
        }
        var run = resolved.get("targets").get(0).get("runId").asString();
        terminal.say("4. " + resolved.get("records")
                + " records are about them; the model is edited, and retrained without" + " them to compare with.");
        var ended = watch(officer, run);
        terminal.say("   method " + ended.get("method").get("name").asString());
        var evidence = officer.get("/v1/runs/" + run + "/evidence");
        terminal.evidence(evidence);
        if (ended.get("state").asString().equals("awaiting_approval")) {
            var reason = evidence.get("verdict").asString().equals("passed")
                    ? "the evidence holds"
                    : "retrained without the records, which is exact; the measurements could not tell more";
            terminal.say("5. The privacy officer, who filed nothing, approves: " + reason + ".");
            officer.post("/v1/runs/" + run + "/approve", Map.of("reason", reason));
            watch(officer, run);
        }
        terminal.say("   the request is " + intake.get(path).get("state").asString());
        return run;
    }

    /** Shows a run's progress until it ends or a person must decide. */
    JsonNode watch(Api api, String run) throws InterruptedException {
        while (true) {
            var now = api.get("/v1/runs/" + run);
            terminal.progress(now);
            var state = now.get("state").asString();
            if (now.has("endedAt") || state.equals("awaiting_approval")) {
                if (state.equals("failed")) {
                    terminal.say("   the run failed: " + now.get("failure").asString());
                }
                return now;
            }
            Thread.sleep(LOOK);
        }
    }

    static String id(JsonNode resource) {
        return resource.get("id").asString();
    }
}
