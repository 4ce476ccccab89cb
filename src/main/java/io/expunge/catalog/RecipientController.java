package io.expunge.catalog;

import io.expunge.api.NewRecipient;
import io.expunge.api.Recipient;
import io.expunge.api.RecipientKind;
import io.expunge.api.RecipientsApi;
import java.net.URI;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

@RestController
class RecipientController implements RecipientsApi {

    private final Recipients recipients;

    RecipientController(Recipients recipients) {
        this.recipients = recipients;
    }

    @Override
    public ResponseEntity<Recipient> addRecipient(UUID id, NewRecipient declared) {
        var kind = RecipientView.Kind.valueOf(declared.getKind().getValue().toUpperCase(Locale.ROOT));
        var added = recipients.add(id, declared.getName(), kind);
        return ResponseEntity.created(URI.create("/v1/recipients/" + added.id()))
                .body(present(added));
    }

    @Override
    public ResponseEntity<List<Recipient>> listRecipients(UUID id) {
        return ResponseEntity.ok(recipients.ofVersion(id).stream()
                .map(RecipientController::present)
                .toList());
    }

    @Override
    public ResponseEntity<Recipient> endRecipient(UUID id) {
        return ResponseEntity.ok(present(recipients.end(id)));
    }

    private static Recipient present(RecipientView view) {
        return new Recipient(
                        view.id(),
                        view.versionId(),
                        view.name(),
                        RecipientKind.fromValue(view.kind().name().toLowerCase(Locale.ROOT)),
                        view.createdAt().atOffset(ZoneOffset.UTC))
                .endedAt(at(view.endedAt()));
    }

    private static @Nullable OffsetDateTime at(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }
}
