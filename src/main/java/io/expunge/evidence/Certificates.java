package io.expunge.evidence;

import io.expunge.audit.Actor;
import io.expunge.audit.AuditLog;
import io.expunge.audit.Proofs;
import io.expunge.audit.SigningKeys;
import io.expunge.audit.VerificationKey;
import io.expunge.catalog.RecordRef;
import io.expunge.catalog.VersionView;
import io.expunge.catalog.Versions;
import io.expunge.erasure.Erasures;
import io.expunge.method.Method;
import io.expunge.metric.Verdict;
import io.expunge.run.RunPurpose;
import io.expunge.run.RunView;
import io.expunge.run.Runs;
import io.expunge.shared.Ids;
import io.expunge.shared.Page;
import io.expunge.shared.Problem;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.info.BuildProperties;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/** Issues a certificate with every version that a run for requests publishes, and hands it out with its proof. */
@Service
class Certificates {

    static final String ISSUED = "certificate.issued";

    private static final String READERS = "hasAnyRole('ENGINEER', 'PRIVACY_OFFICER', 'AUDITOR')";
    private static final int SALT_BYTES = 32;

    private final JdbcClient jdbc;
    private final Versions versions;
    private final Runs runs;
    private final Erasures erasures;
    private final SigningKeys keys;
    private final AuditLog audit;
    private final Proofs proofs;
    private final JsonMapper json;
    private final Clock clock;
    private final String version;

    Certificates(
            JdbcClient jdbc,
            Versions versions,
            Runs runs,
            Erasures erasures,
            SigningKeys keys,
            AuditLog audit,
            Proofs proofs,
            JsonMapper json,
            Clock clock,
            BuildProperties build) {
        this.jdbc = jdbc;
        this.versions = versions;
        this.runs = runs;
        this.erasures = erasures;
        this.keys = keys;
        this.audit = audit;
        this.proofs = proofs;
        this.json = json;
        this.clock = clock;
        this.version = String.valueOf(build.getVersion());
    }

    private record Stored(String statement, @Nullable String testResult) {}

    /** A row of the list. */
    record Issued(
            UUID id,
            String kind,
            @Nullable UUID runId,
            @Nullable UUID modelId,
            List<UUID> requests,
            @Nullable UUID versionId,
            Instant issuedAt,
            String guarantee,
            String verdict) {}

    /**
     * What is to be attested.
     *
     * @param run that did it; null where none did
     * @param version that came of it; null where none did
     * @param requests that it is for
     * @param subject what it is about
     * @param facts names and values, in order
     * @param salt opens a commitment among the facts; null if there is none
     */
    record Act(
            Attestation.Kind kind,
            UUID controller,
            @Nullable UUID run,
            @Nullable UUID version,
            List<UUID> requests,
            List<Statement.Subject> subject,
            Map<String, String> facts,
            byte @Nullable [] salt) {}

    /** Signs and stores a statement on another act than unlearning, in the transaction that does it. */
    @Transactional(propagation = Propagation.MANDATORY)
    UUID attest(Act act) {
        var id = Ids.next();
        var now = clock.instant();
        var attestation = new Attestation(
                Statement.TYPE,
                act.subject(),
                act.kind().type(),
                new Attestation.Predicate(
                        id.toString(),
                        now,
                        new Statement.Issuer(keys.origin(), version),
                        requests(act.requests()),
                        act.facts(),
                        new Statement.Log(keys.origin()),
                        act.kind().limitations()));
        var payload = attestation.bytes();
        jdbc.sql("""
                        insert into certificate (id, kind, controller_id, run_id, version_id, issued_at, guarantee, verdict,
                            statement, salt)
                        values (:id, :kind, :controller, :run, :version, :at, 'exact', 'NONE', :statement, :salt)
                        """)
                .param("id", id)
                .param("kind", act.kind().word())
                .param("controller", act.controller())
                .param("run", act.run(), java.sql.Types.OTHER)
                .param("version", act.version(), java.sql.Types.OTHER)
                .param("at", Timestamp.from(now))
                .param("statement", json.writeValueAsString(Envelope.sign(payload, keys)))
                .param("salt", act.salt(), java.sql.Types.BINARY)
                .update();
        issued(id, act.controller(), act.requests(), act.run(), payload);
        return id;
    }

    private void issued(UUID id, UUID controller, List<UUID> requests, @Nullable UUID run, byte[] payload) {
        jdbc.sql("insert into certificate_request (request_id, certificate_id) select r, ? from unnest(?::uuid[]) r")
                .params(id, requests.toArray(UUID[]::new))
                .update();
        var details = new java.util.TreeMap<String, String>();
        details.put("statement", CertificateVerifier.sha256(payload));
        if (run != null) {
            details.put("run", run.toString());
        }
        audit.append(Actor.system(controller), ISSUED, "certificate", id, details);
    }

    static byte[] salt() {
        var salt = new byte[SALT_BYTES];
        new SecureRandom().nextBytes(salt);
        return salt;
    }

    /** Requests that a version serves, although another act than a run for them made it. */
    @Transactional(propagation = Propagation.MANDATORY)
    void serves(UUID version, List<UUID> requests) {
        jdbc.sql("""
                        insert into certificate_request (request_id, certificate_id)
                        select r, c.id from unnest(?::uuid[]) r, certificate c where c.version_id = ? on conflict do nothing
                        """).params(requests.toArray(UUID[]::new), version).update();
    }

    /** The certificate of a kind that was issued for a request. */
    Optional<UUID> find(Attestation.Kind kind, UUID request) {
        return jdbc.sql("""
                        select c.id from certificate c join certificate_request r on r.certificate_id = c.id
                        where r.request_id = ? and c.kind = ? order by c.id limit 1
                        """).params(request, kind.word()).query(UUID.class).optional();
    }

    /** Signs and stores, in the transaction that publishes. */
    @Transactional(propagation = Propagation.MANDATORY)
    void issue(RunView run, EvaluationEntity evaluation) {
        var id = Ids.next();
        var now = clock.instant();
        var salt = salt();
        var candidate = versions.version(Objects.requireNonNull(run.candidateVersionId()));
        var method = Objects.requireNonNull(run.method());
        var verdict = verdict(evaluation);
        var guarantee = Guarantee.of(method.name());
        var statement = new Statement(
                Statement.TYPE,
                List.of(subject(candidate)),
                Statement.PREDICATE,
                new Statement.Predicate(
                        id.toString(),
                        now,
                        new Statement.Issuer(keys.origin(), version),
                        requests(run.requestIds()),
                        run.parentVersionId() == null ? null : subject(versions.version(run.parentVersionId())),
                        new Statement.ForgetSet(
                                run.forget().size(), Map.of("hmac-sha256", commitment(run.forget(), salt))),
                        procedure(method, guarantee),
                        verification(evaluation, verdict),
                        new Statement.Provenance(
                                run.id().toString(),
                                evaluation.policy(),
                                evaluation.editSeconds(),
                                evaluation.referenceSeconds()),
                        new Statement.Log(keys.origin()),
                        run.purpose() == RunPurpose.DEMEMORISATION
                                ? Guarantee.ofDememorisation()
                                : Guarantee.limitations(guarantee)));
        var payload = statement.bytes();
        jdbc.sql("""
                        insert into certificate (id, controller_id, run_id, version_id, issued_at, guarantee, verdict,
                            statement, test_result, salt)
                        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """)
                .params(
                        id,
                        run.controller(),
                        run.id(),
                        candidate.id(),
                        Timestamp.from(now),
                        guarantee,
                        verdict,
                        json.writeValueAsString(Envelope.sign(payload, keys)),
                        json.writeValueAsString(Envelope.sign(statement.testResult(), keys)),
                        salt)
                .update();
        issued(id, run.controller(), run.requestIds(), run.id(), payload);
    }

    static Statement.Subject subject(VersionView version) {
        return new Statement.Subject(
                version.modelId() + "@" + version.number(), Map.of("sha256", Objects.requireNonNull(version.digest())));
    }

    private List<Statement.Request> requests(List<UUID> ids) {
        return erasures.claims(ids).stream()
                .map(claim -> new Statement.Request(
                        claim.id().toString(), claim.regulation(), claim.submittedAt(), claim.dueAt()))
                .toList();
    }

    private Statement.Procedure procedure(Method method, String guarantee) {
        var parameters = json.writeValueAsString(method);
        return new Statement.Procedure(
                method.name(),
                guarantee,
                parameters,
                Map.of("sha256", CertificateVerifier.sha256(parameters.getBytes(StandardCharsets.UTF_8))));
    }

    private static String verdict(EvaluationEntity evaluation) {
        var findings = evaluation.findings();
        return findings == null
                ? "NONE"
                : Verdict.of(findings, evaluation.rules().thresholds())
                        .outcome()
                        .name();
    }

    private static Statement.Verification verification(EvaluationEntity evaluation, String verdict) {
        var findings = evaluation.findings();
        var decision = evaluation.decidedBy() + ": " + evaluation.decision();
        return new Statement.Verification(
                evaluation.fixedAt(),
                evaluation.measuredAt(),
                evaluation.rules().thresholds().limits(),
                findings == null ? null : findings.withoutDistributions(),
                verdict,
                evaluation.reasons(),
                verdict.equals("PASSED") || evaluation.decidedBy() == null ? null : decision);
    }

    /** HMAC-SHA256 under the salt over the records' places, in order. */
    static String commitment(java.util.Collection<RecordRef> records, byte[] salt) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(salt, "HmacSHA256"));
            var places = records.stream()
                    .map(record -> record.datasetId() + " " + record.ordinal() + "\n")
                    .sorted()
                    .collect(Collectors.joining());
            return HexFormat.of().formatHex(mac.doFinal(places.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC-SHA256 is missing", e);
        }
    }

    @PreAuthorize(READERS)
    @Transactional(readOnly = true)
    public Page<Issued> list(@Nullable String cursor, @Nullable Integer asked) {
        int limit = Page.limit(asked);
        var rows = jdbc.sql("""
                        select id, kind, run_id, version_id, issued_at, guarantee, verdict from certificate
                        where controller_id = :controller and (cast(:before as uuid) is null or id < :before)
                        order by id desc limit :limit
                        """)
                .param("controller", Actor.current().controller())
                .param("before", Page.before(cursor), java.sql.Types.OTHER)
                .param("limit", limit + 1)
                .query(Certificates::row)
                .list();
        var page = Page.of(rows, limit, Row::id);
        return new Page<>(present(page.items()), page.next());
    }

    @PreAuthorize(READERS)
    @Transactional(readOnly = true)
    public List<Issued> ofRequest(UUID request) {
        erasures.requireOwn(request);
        var rows = jdbc.sql("""
                        select c.id, c.kind, c.run_id, c.version_id, c.issued_at, c.guarantee, c.verdict
                        from certificate c join certificate_request r on r.certificate_id = c.id
                        where r.request_id = ? and c.controller_id = ? order by c.id
                        """)
                .params(request, Actor.current().controller())
                .query(Certificates::row)
                .list();
        return present(rows);
    }

    /** With what they are on and whom they serve. */
    private List<Issued> present(List<Row> rows) {
        var models = runs.models(
                rows.stream().map(Row::runId).filter(Objects::nonNull).collect(Collectors.toSet()));
        var requests = requestsOf(rows);
        return rows.stream()
                .map(row -> new Issued(
                        row.id(),
                        row.kind(),
                        row.runId(),
                        row.runId() == null ? null : models.get(row.runId()),
                        requests.getOrDefault(row.id(), List.of()),
                        row.versionId(),
                        row.issuedAt(),
                        row.guarantee(),
                        row.verdict()))
                .toList();
    }

    private Map<UUID, List<UUID>> requestsOf(List<Row> rows) {
        var all = new HashMap<UUID, List<UUID>>();
        jdbc.sql("""
                        select certificate_id, request_id from certificate_request
                        where certificate_id = any(?::uuid[]) order by request_id
                        """)
                .param((Object) rows.stream().map(Row::id).toArray(UUID[]::new))
                .query(row -> {
                    all.computeIfAbsent(row.getObject(1, UUID.class), certificate -> new ArrayList<>())
                            .add(row.getObject(2, UUID.class));
                });
        return all;
    }

    private record Row(
            UUID id,
            String kind,
            @Nullable UUID runId,
            @Nullable UUID versionId,
            Instant issuedAt,
            String guarantee,
            String verdict) {}

    private static Row row(java.sql.ResultSet row, int ignored) throws java.sql.SQLException {
        return new Row(
                row.getObject(1, UUID.class),
                row.getString(2),
                row.getObject(3, UUID.class),
                row.getObject(4, UUID.class),
                row.getTimestamp(5).toInstant(),
                row.getString(6),
                row.getString(7));
    }

    /**
     * The certificate with the proof that it is in the log.
     *
     * @throws Problem 409 in the moment between its issue and its place in the log's tree
     */
    @PreAuthorize(READERS)
    @Transactional
    public CertificateFile find(UUID id) {
        var stored = jdbc.sql("select statement, test_result from certificate where id = ? and controller_id = ?")
                .params(id, Actor.current().controller())
                .query((row, i) -> new Stored(row.getString(1), row.getString(2)))
                .optional()
                .orElseThrow(() -> Problem.notFound("certificate", id));
        var proven = proofs.of(id, ISSUED)
                .orElseThrow(() -> Problem.conflict(
                        "not-sequenced", "certificate " + id + " is not in the audit log yet; ask again in a second"));
        return new CertificateFile(
                CertificateFile.MEDIA_TYPE,
                json.readValue(stored.statement(), Envelope.class),
                stored.testResult() == null ? null : json.readValue(stored.testResult(), Envelope.class),
                Base64.getEncoder().encodeToString(proven.entry()),
                proven.proof().text(),
                keys.all().stream().map(VerificationKey::toString).toList());
    }
}
