package io.expunge.erasure;

import io.expunge.api.Notice;
import io.expunge.api.NoticeOutcome;
import io.expunge.api.NoticesApi;
import io.expunge.api.RecipientKind;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

@RestController
class NoticeController implements NoticesApi {

    private final Notices notices;

    NoticeController(Notices notices) {
        this.notices = notices;
    }

    @Override
    public ResponseEntity<List<Notice>> listNotices(UUID id) {
        return ResponseEntity.ok(
                notices.ofRequest(id).stream().map(NoticeController::present).toList());
    }

    @Override
    public ResponseEntity<Notice> decideNotice(UUID id, UUID recipientId, NoticeOutcome outcome) {
        var state = Notices.State.valueOf(outcome.getState().getValue().toUpperCase(Locale.ROOT));
        return ResponseEntity.ok(present(notices.decide(id, recipientId, state)));
    }

    private static Notice present(Notices.Notice notice) {
        var recipient = notice.recipient();
        return new Notice(
                        recipient.id(),
                        recipient.versionId(),
                        recipient.name(),
                        RecipientKind.fromValue(recipient.kind().name().toLowerCase(Locale.ROOT)),
                        Notice.StateEnum.fromValue(notice.state().name().toLowerCase(Locale.ROOT)),
                        notice.dueSince().atOffset(ZoneOffset.UTC))
                .decidedAt(
                        notice.decidedAt() == null ? null : notice.decidedAt().atOffset(ZoneOffset.UTC))
                .decidedBy(notice.decidedBy());
    }
}
