package io.expunge.metric;

import java.util.List;
import java.util.Map;

/**
 * Everything the battery measured of one edited network.
 *
 * @param findings in the order of {@link Check}
 * @param unmeasured checks that could not be made, by code, with the reason
 * @param references retrained models that it was compared with
 * @param forgetRecords size of the forget set
 * @param retainRecords size of the retain set
 * @param testRecords size of the held-out set
 * @param seed of the battery's draws
 */
public record Findings(
        List<Finding> findings,
        Map<String, String> unmeasured,
        int references,
        int forgetRecords,
        int retainRecords,
        int testRecords,
        long seed) {

    public Findings {
        findings = List.copyOf(findings);
        unmeasured = Map.copyOf(unmeasured);
    }
}
