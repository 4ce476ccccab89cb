package io.expunge.console;

import io.expunge.api.AuditVerification;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** When somebody last had the whole log walked from this process, and what was found. */
@Component
class LastVerification {

    private final Map<UUID, AuditVerification> kept = new ConcurrentHashMap<>();

    void keep(UUID controller, AuditVerification finding) {
        kept.put(controller, finding);
    }

    @Nullable AuditVerification of(UUID controller) {
        return kept.get(controller);
    }
}
