package io.expunge.catalog;

import io.expunge.audit.Actor;
import io.expunge.audit.AuditLog;
import io.expunge.shared.Ids;
import io.expunge.shared.Problem;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** To whom versions were given: whoever learned from a person through them is to be told when the person is forgotten. */
@Service
public class Recipients {

    private final RecipientRepository recipients;
    private final VersionRepository versions;
    private final AuditLog audit;
    private final Clock clock;

    Recipients(RecipientRepository recipients, VersionRepository versions, AuditLog audit, Clock clock) {
        this.recipients = recipients;
        this.versions = versions;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Records that the caller's version was given away.
     *
     * @throws Problem 409 if a recipient of that name and kind has it already
     */
    @PreAuthorize("hasAnyRole('ENGINEER', 'PRIVACY_OFFICER')")
    @Transactional
    public RecipientView add(UUID versionId, String name, RecipientView.Kind kind) {
        var actor = Actor.current();
        var version = own(versionId);
        if (version.digest() == null) {
            throw Problem.conflict("weights-awaited", "version " + versionId + " has no weights yet");
        }
        recipients.findByVersionIdOrderById(versionId).stream()
                .map(RecipientEntity::view)
                .filter(known -> known.endedAt() == null && known.name().equals(name) && known.kind() == kind)
                .findAny()
                .ifPresent(known -> {
                    throw Problem.conflict("recipient-exists", "name is that of recipient " + known.id() + " already");
                });
        var recipient = recipients.save(new RecipientEntity(Ids.next(), version, name, kind, clock.instant()));
        audit.append(
                actor,
                "recipient.added",
                "recipient",
                recipient.id(),
                Map.of("version", versionId.toString(), "kind", kind.name()));
        return recipient.view();
    }

    @PreAuthorize("hasAnyRole('ENGINEER', 'PRIVACY_OFFICER', 'AUDITOR')")
    @Transactional(readOnly = true)
    public List<RecipientView> ofVersion(UUID versionId) {
        own(versionId);
        return recipients.findByVersionIdOrderById(versionId).stream()
                .map(RecipientEntity::view)
                .toList();
    }

    /** Records that a recipient no longer has the version. */
    @PreAuthorize("hasAnyRole('ENGINEER', 'PRIVACY_OFFICER')")
    @Transactional
    public RecipientView end(UUID id) {
        var actor = Actor.current();
        var recipient = recipients
                .findByIdAndControllerId(id, actor.controller())
                .orElseThrow(() -> Problem.notFound("recipient", id));
        recipient.end(clock.instant());
        recipients.save(recipient);
        audit.append(actor, "recipient.ended", "recipient", id, Map.of());
        return recipient.view();
    }

    /** Recipients that still have a version of one of these models, for background work. */
    @Transactional(readOnly = true)
    public List<RecipientView> ofModels(Collection<UUID> models) {
        return models.isEmpty()
                ? List.of()
                : recipients.ofModels(models).stream()
                        .map(RecipientEntity::view)
                        .toList();
    }

    /** The recipients of these ids, of any controller. */
    @Transactional(readOnly = true)
    public List<RecipientView> of(Collection<UUID> ids) {
        return recipients.findByIdInOrderById(ids).stream()
                .map(RecipientEntity::view)
                .toList();
    }

    private VersionEntity own(UUID id) {
        return versions.findByIdAndControllerId(id, Actor.current().controller())
                .orElseThrow(() -> Problem.notFound("version", id));
    }
}
