package io.expunge.erasure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expunge.HttpTest;
import io.expunge.catalog.Pseudonyms;
import io.expunge.keys.Envelope;
import io.expunge.keys.KeyDestroyed;
import io.expunge.keys.KeyEncryption;
import io.expunge.keys.KeyRing;
import io.expunge.keys.Wrapped;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

class PayloadIT extends HttpTest {

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private RequestRepository requests;

    @Autowired
    private TransactionTemplate transaction;

    @Autowired
    private Payloads payloads;

    @Autowired
    private OldRequests oldRequests;

    @Autowired
    private KeyRing ring;

    @Autowired
    private KeyEncryption keys;

    @Autowired
    private Pseudonyms pseudonyms;

    @Test
    void whatARequestSaidIsReadByAPrivacyOfficerAloneAndThatIsAudited() {
        var intake = as("INTAKE");
        var officer = as("PRIVACY_OFFICER");
        var id = file(intake, List.of("Ann ", "bob"), "ticket 7");
        assertThat(intake.get("/v1/erasure-requests/" + id).text("externalId")).isEqualTo("ticket 7");
        intake.get("/v1/erasure-requests/" + id + "/subjects").with(403);
        ofAnotherController("PRIVACY_OFFICER")
                .get("/v1/erasure-requests/" + id + "/subjects")
                .with(404);
        var said = officer.get("/v1/erasure-requests/" + id + "/subjects").with(200);
        assertThat(said.body().get("subjects").toString()).isEqualTo("[\"Ann \",\"bob\"]");
        assertThat(said.headers().getCacheControl()).isEqualTo("no-store");
        assertThat(officer.get("/v1/audit/entries?subjectId=" + id).body().toString())
                .contains("erasure.payload-read")
                .doesNotContain("ticket 7");
    }

    @Test
    void moreRequestsThanAStatementHasPlacesAreReadAndLocked() {
        var one = UUID.fromString(file(as("INTAKE"), List.of("many"), "ticket 8"));
        var other = UUID.fromString(file(as("INTAKE"), List.of("others"), "ticket 9"));
        var ids =
                new ArrayList<>(Stream.generate(UUID::randomUUID).limit(70_000).toList());
        ids.add(other);
        ids.add(one);
        assertThat(requests.findByIdIn(ids)).extracting(RequestEntity::id).containsExactlyInAnyOrder(one, other);
        assertThat(requests.findByIdIn(List.of())).isEmpty();
        transaction.executeWithoutResult(status ->
                assertThat(requests.lock(ids)).extracting(RequestEntity::id).containsExactly(one, other));
    }

    @Test
    void whatBindsNobodyIsDeletedWhenItsTimeIsOverAndTheLogKeepsThatItWasThere() {
        var intake = as("INTAKE");
        var officer = as("PRIVACY_OFFICER");
        var old = ended(intake);
        var recent = ended(intake);
        var completed = ended(intake);
        jdbc.sql("update erasure_request set shredded_at = ended_at where id = any (?)")
                .param(new UUID[] {UUID.fromString(old), UUID.fromString(recent), UUID.fromString(completed)})
                .update();
        jdbc.sql("update erasure_request set state = 'COMPLETED' where id = ?")
                .param(UUID.fromString(completed))
                .update();
        for (var id : List.of(old, completed)) {
            jdbc.sql("update erasure_request set ended_at = ended_at - interval '25 months' where id = ?")
                    .param(UUID.fromString(id))
                    .update();
        }
        assertThat(oldRequests.delete(100)).isEqualTo(1);
        intake.get("/v1/erasure-requests/" + old).with(404);
        intake.get("/v1/erasure-requests/" + recent).with(200);
        intake.get("/v1/erasure-requests/" + completed).with(200);
        assertThat(officer.get("/v1/audit/entries?subjectId=" + old).body().toString())
                .contains("erasure.received", "erasure.record-deleted");
        assertThat(jdbc.sql("select count(*) from request_payload where request_id = ?")
                        .param(UUID.fromString(old))
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void afterTheGraceTheDataKeyIsDestroyedAndTheLogSaysSo() {
        var intake = as("INTAKE");
        var officer = as("PRIVACY_OFFICER");
        var ended = ended(intake);
        var recent = ended(intake);
        var key = key(ended);
        jdbc.sql("update erasure_request set ended_at = ended_at - interval '8 days' where id = ?")
                .param(UUID.fromString(ended))
                .update();
        Awaitility.await().atMost(Duration.ofSeconds(120)).until(() -> {
            payloads.shred(100);
            return intake.get("/v1/erasure-requests/" + ended).body().has("shreddedAt");
        });
        assertThat(officer.get("/v1/erasure-requests/" + ended + "/subjects")
                        .with(410)
                        .text("type"))
                .endsWith("payload-shredded");
        assertThat(intake.get("/v1/erasure-requests/" + ended).body().has("externalId"))
                .isFalse();
        assertThat(jdbc.sql("select count(*) from request_key where request_id = ?")
                        .param(UUID.fromString(ended))
                        .query(Integer.class)
                        .single())
                .isZero();
        var trail = officer.get("/v1/audit/entries?subjectId=" + ended).body().get("items");
        var shredded = trail.get(0);
        assertThat(shredded.get("action").asString()).isEqualTo("erasure.payload-shredded");
        assertThat(shredded.toString()).contains(key.keyId(), Payload.digest(ciphertext(ended)));
        // what is left is what was filed
        assertThat(trail.get(trail.size() - 1).toString())
                .contains("erasure.received", Payload.digest(ciphertext(ended)));

        assertThat(payloads.shred(100)).isZero();
        officer.get("/v1/erasure-requests/" + recent + "/subjects").with(200);
    }

    @Test
    void anOldKeyIsReplacedAndDestroyedAndThenABackupOfTheDatabaseOpensNothing() {
        var officer = as("PRIVACY_OFFICER");
        var id = file(as("INTAKE"), List.of("carl"), null);
        var backup = new Envelope.Sealed(key(id), ciphertext(id));
        var context = Payload.context(UUID.fromString(id));
        var envelope = new Envelope(keys);
        assertThat(new String(envelope.open(backup, context), UTF_8)).contains("carl");

        payloads.rotateNow();
        while (payloads.rewrap(50) > 0) {
            assertThat(ring.find(backup.key().keyId())).isPresent();
        }
        assertThat(key(id).keyId())
                .isEqualTo(ring.current().id())
                .isNotEqualTo(backup.key().keyId());
        payloads.rotate();
        assertThat(ring.find(backup.key().keyId()))
                .as("a key is kept for a day: another process may still be storing what it wrapped")
                .isPresent();
        payloads.destroy(backup.key().keyId());
        assertThatThrownBy(() -> envelope.open(backup, context)).isInstanceOf(KeyDestroyed.class);
        assertThat(officer.get("/v1/erasure-requests/" + id + "/subjects")
                        .with(200)
                        .body()
                        .toString())
                .contains("carl");
    }

    @Test
    void underANewPseudonymKeyAPersonIsFoundInOldDataAndInNew() throws Exception {
        var engineer = as("ENGINEER");
        var intake = as("INTAKE");
        var controller = UUID.fromString(engineer.get("/v1/whoami").text("controllerId"));
        var before = dataset(engineer, "dora");
        var waiting = file(intake, List.of("dora"), null);
        var key = Map.of("Idempotency-Key", UUID.randomUUID().toString());
        var body = Map.of("regulation", "gdpr", "submittedAt", "2026-01-01T00:00:00Z", "subjects", List.of("dora"));
        var keyed = intake.post("/v1/erasure-requests", body, key).with(202).text("id");

        var file = dataDirectory().resolve("pseudonym.key");
        var old = pseudonyms.named(controller, List.of("dora"));
        KeyRing.open(file, null, java.time.Clock.systemUTC()).rotate();
        assertThat(Files.readAllLines(file)).hasSizeGreaterThan(1);
        var now = pseudonyms.named(controller, List.of("dora"));
        assertThat(now.people()).doesNotContainAnyElementsOf(old.people());
        assertThat(now.names()).containsAll(old.names());

        var after = dataset(engineer, "dora");
        var fresh = file(intake, List.of("dora"), null);
        for (var id : List.of(before, after)) {
            assertThat(found(intake, List.of(id))).as(id).isEqualTo(1);
        }
        assertThat(intake.post("/v1/erasure-requests", body, key).with(202).text("id"))
                .as("the same request under the same key")
                .isEqualTo(keyed);
        assertThat(intake.get("/v1/erasure-requests/" + fresh)
                        .body()
                        .get("subjects")
                        .asInt())
                .isEqualTo(1);
        while (payloads.rename(50) > 0) {
            Thread.onSpinWait();
        }
        assertThat(Packed.people(jdbc.sql("select subjects from erasure_request where id = ?")
                        .param(UUID.fromString(waiting))
                        .query(byte[].class)
                        .single()))
                .as("who is known by name gets the new pseudonym, too")
                .containsExactlyElementsOf(now.names());
        // other tests of this service count on the people that the first key holds out
        Files.write(file, Files.readAllLines(file).reversed());
    }

    /** How many records a request that looks only there finds of her. */
    private long found(Caller intake, List<String> datasets) {
        var id = intake.post(
                        "/v1/erasure-requests",
                        Map.of(
                                "regulation",
                                "gdpr",
                                "submittedAt",
                                Instant.now().toString(),
                                "subjects",
                                List.of("dora"),
                                "datasetIds",
                                datasets))
                .with(202)
                .text("id");
        return Awaitility.await()
                .atMost(Duration.ofSeconds(120))
                .until(() -> intake.get("/v1/erasure-requests/" + id).body(), body -> body.has("records"))
                .get("records")
                .asLong();
    }

    private static String dataset(Caller engineer, String person) {
        var format = Map.of("name", "text", "subject", "who");
        var id = engineer.post("/v1/datasets", Map.of("name", "texts", "format", format))
                .with(201)
                .text("id");
        engineer.put(
                        "/v1/datasets/" + id + "/parts/records",
                        ("{\"who\":\"" + person + "\",\"text\":\"one\"}\n{\"who\":null,\"text\":\"two\"}")
                                .getBytes(UTF_8))
                .with(200);
        return id;
    }

    private static String file(Caller intake, List<String> subjects, String externalId) {
        var body = new java.util.HashMap<String, Object>(
                Map.of("regulation", "gdpr", "submittedAt", Instant.now().toString(), "subjects", subjects));
        if (externalId != null) {
            body.put("externalId", externalId);
        }
        return intake.post("/v1/erasure-requests", body).with(202).text("id");
    }

    private String ended(Caller intake) {
        var id = file(intake, List.of("nobody-" + UUID.randomUUID()), "ticket");
        Awaitility.await()
                .atMost(Duration.ofSeconds(120))
                .until(() -> intake.get("/v1/erasure-requests/" + id).text("state"), "no_match"::equals);
        return id;
    }

    private Wrapped key(String request) {
        return jdbc.sql("select key_id, wrapped from request_key where request_id = ?")
                .param(UUID.fromString(request))
                .query((row, i) -> new Wrapped(row.getString(1), row.getBytes(2)))
                .single();
    }

    private byte[] ciphertext(String request) {
        return jdbc.sql("select ciphertext from request_payload where request_id = ?")
                .param(UUID.fromString(request))
                .query(byte[].class)
                .single();
    }
}
