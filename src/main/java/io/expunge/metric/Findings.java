package io.expunge.metric;

import java.util.List;
import java.util.Map;

/**
 * Everything the battery measured of one edited network.
 *
 * @param findings in the order of {@link Check}
 * @param parent some of the same checks with the parent in the edited network's place: where they all pass, nothing that
 *     was measured could have shown that the records were forgotten
 * @param unmeasured checks that could not be made, by code, with the reason
 * @param references retrained models that it was compared with
 * @param forgetRecords size of the forget set
 * @param retainRecords size of the retain set
 * @param testRecords size of the held-out set
 * @param seed of the battery's draws
 */
public record Findings(
        List<Finding> findings,
        List<Finding> parent,
        Map<String, String> unmeasured,
        int references,
        int forgetRecords,
        int retainRecords,
        int testRecords,
        long seed) {

    public Findings {
        findings = List.copyOf(findings);
        parent = List.copyOf(parent);
        unmeasured = Map.copyOf(unmeasured);
    }
}
