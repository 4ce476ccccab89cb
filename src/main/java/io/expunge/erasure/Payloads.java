package io.expunge.erasure;

import io.expunge.audit.Actor;
import io.expunge.audit.AuditEvent;
import io.expunge.audit.AuditLog;
import io.expunge.catalog.Pseudonyms;
import io.expunge.keys.KeyEncryption;
import io.expunge.keys.KeyRing;
import io.expunge.shared.Problem;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What requests said in their own words: read by a person while it is there, shredded when its time is over. */
@Service
public class Payloads {

    private static final Logger log = LoggerFactory.getLogger(Payloads.class);

    private final RequestRepository requests;
    private final PayloadTable table;
    private final Pseudonyms pseudonyms;
    private final KeyRing ring;
    private final KeyEncryption keys;
    private final PayloadSettings settings;
    private final AuditLog audit;
    private final Clock clock;

    Payloads(
            RequestRepository requests,
            PayloadTable table,
            Pseudonyms pseudonyms,
            KeyRing payloadKeyRing,
            KeyEncryption keys,
            PayloadSettings settings,
            AuditLog audit,
            Clock clock) {
        this.requests = requests;
        this.table = table;
        this.pseudonyms = pseudonyms;
        this.ring = payloadKeyRing;
        this.keys = keys;
        this.settings = settings;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * The identifiers that a request named; that somebody read them is audited.
     *
     * @throws Problem 410 once they are shredded
     */
    @PreAuthorize("hasRole('PRIVACY_OFFICER')")
    @Transactional
    public List<String> subjects(UUID id) {
        var actor = Actor.current();
        if (requests.findByIdAndControllerId(id, actor.controller()).isEmpty()) {
            throw Problem.notFound("erasure request", id);
        }
        var payload = table.open(id)
                .orElseThrow(() -> new Problem(
                        Problem.Kind.GONE, "payload-shredded", "the data key of request " + id + " was destroyed"));
        audit.append(actor, "erasure.payload-read", "erasure-request", id, Map.of());
        return payload.subjects();
    }

    /**
     * Destroys the data keys of requests that ended longer ago than the settings say.
     *
     * @return how many
     */
    @Transactional
    public int shred(int limit) {
        var now = clock.instant();
        var shredded = table.shred(now.minus(settings.grace()), now, limit);
        audit.appendAll(shredded.stream().map(Payloads::event).toList());
        return shredded.size();
    }

    private static AuditEvent event(PayloadTable.Shredded shredded) {
        return new AuditEvent(
                Actor.system(shredded.controller()),
                "erasure.payload-shredded",
                "erasure-request",
                shredded.request(),
                Map.of("keyEncryptionKey", shredded.keyId(), "ciphertext", shredded.ciphertext()));
    }

    /** Takes a new key if the newest is old, and destroys those that nothing is under any more. */
    @Transactional(readOnly = true)
    public void rotate() {
        // keys in a token are made and destroyed there
        if (!ring.own() || !keys.currentKeyId().equals(ring.current().id())) {
            return;
        }
        var now = clock.instant();
        if (!now.isBefore(since(ring.current()).plus(settings.keyAge()))) {
            rotateNow();
        }
        for (var key : ring.live()) {
            // a process that looked at the ring just before may still be storing what it wrapped
            if (!key.id().equals(ring.current().id())
                    && now.isAfter(since(ring.current()).plus(java.time.Duration.ofDays(1)))
                    && !table.uses(key.id())) {
                destroy(key.id());
            }
        }
    }

    void rotateNow() {
        log.info(
                "data keys are encrypted under key {} from now on",
                ring.rotate().id());
    }

    void destroy(String keyId) {
        ring.destroy(keyId);
        log.info("key {} is destroyed; no data key was left under it", keyId);
    }

    private static Instant since(io.expunge.keys.Key key) {
        return key.since().atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    /**
     * Puts data keys under the newest key.
     *
     * @return how many
     */
    @Transactional
    public int rewrap(int limit) {
        return table.rewrap(keys.currentKeyId(), limit);
    }

    /**
     * Gives people pseudonyms under the newest key, too, where their request still says who they are, so that they are
     * found in data that comes in from now on.
     *
     * @return how many requests were looked at
     */
    @Transactional
    public int rename(int limit) {
        var old = requests.notNamedUnder(pseudonyms.keyId(), limit);
        var payloads = table.open(old.stream().map(RequestEntity::id).toList());
        for (var request : old) {
            var payload = payloads.get(request.id());
            request.rename(
                    payload == null || payload.subjects().isEmpty()
                            ? request.subjects()
                            : pseudonyms
                                    .named(request.controllerId(), payload.subjects())
                                    .names(),
                    pseudonyms.keyId());
            requests.save(request);
        }
        return old.size();
    }
}
