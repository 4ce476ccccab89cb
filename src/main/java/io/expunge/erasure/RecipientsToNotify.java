package io.expunge.erasure;

import java.util.List;
import java.util.UUID;

/**
 * A request is completed, and these recipients have versions that still know whom it was about (GDPR Article 19).
 * Published in the transaction that completed it.
 */
public record RecipientsToNotify(UUID requestId, UUID controllerId, List<UUID> recipientIds) {}
