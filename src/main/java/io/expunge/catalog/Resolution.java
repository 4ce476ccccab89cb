package io.expunge.catalog;

import java.util.List;
import java.util.UUID;

/**
 * What an erasure touches.
 *
 * @param records every record that was named, or that is about a named person
 * @param models those whose champion learned from at least one of them
 */
public record Resolution(List<RecordRef> records, List<AffectedModel> models) {

    public static final Resolution NOTHING = new Resolution(List.of(), List.of());

    /**
     * A model that must forget.
     *
     * @param versions published versions that learned from the records, the champion among them
     * @param records those that the champion learned from
     */
    public record AffectedModel(UUID modelId, UUID championId, List<UUID> versions, List<RecordRef> records) {}
}
