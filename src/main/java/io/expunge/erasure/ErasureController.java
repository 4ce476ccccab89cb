package io.expunge.erasure;

import io.expunge.api.ErasureApi;
import io.expunge.api.ErasurePage;
import io.expunge.api.ErasureRequest;
import io.expunge.api.ErasureState;
import io.expunge.api.NewErasureRequest;
import io.expunge.api.RequestSubjects;
import java.net.URI;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

@RestController
class ErasureController implements ErasureApi {

    private final Erasures erasures;
    private final Payloads payloads;

    ErasureController(Erasures erasures, Payloads payloads) {
        this.erasures = erasures;
        this.payloads = payloads;
    }

    @Override
    public ResponseEntity<ErasureRequest> requestErasure(NewErasureRequest declared, @Nullable String key) {
        var request = erasures.accept(declared, key);
        return ResponseEntity.accepted()
                .location(URI.create("/v1/erasure-requests/" + request.getId()))
                .header(HttpHeaders.RETRY_AFTER, "2")
                .body(request);
    }

    @Override
    public ResponseEntity<ErasureRequest> getErasureRequest(UUID id) {
        return ResponseEntity.ok(erasures.find(id));
    }

    @Override
    public ResponseEntity<RequestSubjects> getRequestSubjects(UUID id) {
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .body(new RequestSubjects(payloads.subjects(id)));
    }

    @Override
    public ResponseEntity<ErasureRequest> cancelErasureRequest(UUID id) {
        return ResponseEntity.ok(erasures.cancel(id));
    }

    @Override
    public ResponseEntity<ErasurePage> listErasureRequests(
            @Nullable String cursor, Integer limit, @Nullable ErasureState state, @Nullable OffsetDateTime dueBefore) {
        var page = erasures.list(
                state == null ? null : state.getValue(),
                dueBefore == null ? null : dueBefore.toInstant(),
                cursor,
                limit);
        return ResponseEntity.ok(new ErasurePage(page.items()).next(page.next()));
    }
}
