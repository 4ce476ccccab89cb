package io.expunge.erasure;

import io.expunge.api.ClockApi;
import io.expunge.api.ClockExtension;
import io.expunge.api.ClockHold;
import io.expunge.api.ClockRefusal;
import io.expunge.api.RequestClock;
import java.util.UUID;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

@RestController
class ClockController implements ClockApi {

    private final LegalClock clock;

    ClockController(LegalClock clock) {
        this.clock = clock;
    }

    @Override
    public ResponseEntity<RequestClock> getRequestClock(UUID id) {
        return ResponseEntity.ok(clock.show(id));
    }

    @Override
    public ResponseEntity<RequestClock> acknowledgeErasureRequest(UUID id) {
        return ResponseEntity.ok(clock.acknowledge(id));
    }

    @Override
    public ResponseEntity<RequestClock> extendErasureRequest(UUID id, ClockExtension extension) {
        return ResponseEntity.ok(clock.extend(id, extension));
    }

    @Override
    public ResponseEntity<RequestClock> holdErasureRequest(UUID id, ClockHold hold) {
        return ResponseEntity.ok(clock.hold(id, hold));
    }

    @Override
    public ResponseEntity<RequestClock> releaseErasureRequest(UUID id) {
        return ResponseEntity.ok(clock.release(id));
    }

    @Override
    public ResponseEntity<RequestClock> refuseErasureRequest(UUID id, ClockRefusal refusal) {
        return ResponseEntity.ok(clock.refuse(id, refusal));
    }
}
