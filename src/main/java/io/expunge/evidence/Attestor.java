package io.expunge.evidence;

import io.expunge.audit.Actor;
import io.expunge.catalog.Models;
import io.expunge.catalog.VersionView;
import io.expunge.catalog.Versions;
import io.expunge.erasure.Erasures;
import io.expunge.evidence.Certificates.Act;
import io.expunge.run.RunEnded;
import io.expunge.run.RunState;
import io.expunge.run.RunView;
import io.expunge.run.Runs;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.context.event.EventListener;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Certifies what is no unlearning: destroyed models and retrained ones when that is done, unknown people when asked. */
@Service
class Attestor {

    private final Runs runs;
    private final Models models;
    private final Versions versions;
    private final Erasures erasures;
    private final Certificates certificates;

    Attestor(Runs runs, Models models, Versions versions, Erasures erasures, Certificates certificates) {
        this.runs = runs;
        this.models = models;
        this.versions = versions;
        this.erasures = erasures;
        this.certificates = certificates;
    }

    /** In the transaction that ends the run. */
    @EventListener
    void ended(RunEnded event) {
        if (event.state() != RunState.SUCCEEDED) {
            return;
        }
        var run = runs.run(event.runId());
        switch (run.purpose()) {
            case DESTRUCTION -> certificates.attest(destruction(run));
            case RETRAINING -> certificates.attest(retraining(run));
            case UNLEARNING -> {
                var champion = models.model(run.modelId()).champion();
                if (run.candidateVersionId() == null && champion != null) {
                    // nothing was left to do, since the champion was made without them
                    certificates.serves(champion, run.requestIds());
                }
            }
            case TRAINING, ENSEMBLE, DEMEMORISATION -> {}
        }
    }

    private Act destruction(RunView run) {
        var destroyed = versions.everyOf(run.modelId()).stream()
                .filter(version -> version.digest() != null)
                .toList();
        var kept = destroyed.stream()
                .filter(version -> versions.held(Objects.requireNonNull(version.digest())))
                .toList();
        var gone = destroyed.stream().filter(version -> !kept.contains(version)).toList();
        var facts = new LinkedHashMap<String, String>();
        facts.put("model", run.modelId().toString());
        facts.put("run", run.id().toString());
        facts.put("versions", String.valueOf(destroyed.size()));
        if (!kept.isEmpty()) {
            facts.put(
                    "versions whose files another model has, byte for byte, and keeps",
                    kept.stream()
                            .map(version -> String.valueOf(version.number()))
                            .collect(Collectors.joining(", ")));
        }
        destroyed.stream()
                .map(VersionView::erasedAt)
                .filter(Objects::nonNull)
                .max(java.time.Instant::compareTo)
                .ifPresent(at -> facts.put("erased at", at.toString()));
        return new Act(
                Attestation.Kind.DESTRUCTION,
                run.controller(),
                run.id(),
                null,
                run.requestIds(),
                gone.stream().map(Certificates::subject).toList(),
                facts,
                null);
    }

    private Act retraining(RunView run) {
        var made = versions.version(Objects.requireNonNull(run.candidateVersionId()));
        var training = made.trained();
        var without = versions.without(made.id());
        var facts = new LinkedHashMap<String, String>();
        facts.put("model", run.modelId().toString());
        facts.put("run", run.id().toString());
        facts.put("data set", training.source().datasetId().toString());
        facts.put("seed", String.valueOf(training.seed()));
        facts.put("records left out", String.valueOf(without.size()));
        var salt = Certificates.salt();
        facts.put("their places, committed by HMAC-SHA256", Certificates.commitment(without, salt));
        facts.put("guarantee", Guarantee.EXACT);
        return new Act(
                Attestation.Kind.RETRAINING,
                run.controller(),
                run.id(),
                made.id(),
                List.of(),
                List.of(Certificates.subject(made)),
                facts,
                salt);
    }

    /**
     * A certificate that there is no record of whom a request names; the one that there is if it was asked for before.
     *
     * @throws io.expunge.shared.Problem 409 if there was one, or is now
     */
    @PreAuthorize("hasRole('PRIVACY_OFFICER')")
    @Transactional
    public UUID notKnown(UUID request) {
        erasures.requireOwn(request);
        erasures.lockStanding(request);
        var act = unknown(request);
        return certificates.find(Attestation.Kind.NOT_KNOWN, request).orElseGet(() -> certificates.attest(act));
    }

    private Act unknown(UUID request) {
        var found = erasures.notKnown(request);
        var facts = new LinkedHashMap<String, String>();
        facts.put("people named", String.valueOf(found.people()));
        facts.put("records found", "0");
        facts.put("found first at", found.resolvedAt().toString());
        facts.put("data sets looked in", String.valueOf(found.extent().datasets()));
        facts.put(
                "published versions that learned from these",
                String.valueOf(found.extent().versions()));
        facts.put(
                "published versions whose data is not known here",
                String.valueOf(found.extent().undeclared()));
        return new Act(
                Attestation.Kind.NOT_KNOWN,
                Actor.current().controller(),
                null,
                null,
                List.of(request),
                List.of(new Statement.Subject(
                        "data sets", Map.of("sha256", found.extent().digest()))),
                facts,
                null);
    }
}
