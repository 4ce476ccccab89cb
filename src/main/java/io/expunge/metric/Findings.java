package io.expunge.metric;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
 * @param divergence of many networks, where a policy demands it
 * @param distributions histograms and curves to look at; nothing is judged by them
 */
public record Findings(
        List<Finding> findings,
        List<Finding> parent,
        Map<String, String> unmeasured,
        int references,
        int forgetRecords,
        int retainRecords,
        int testRecords,
        long seed,
        @Nullable Divergence divergence,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Distributions distributions) {

    public Findings {
        findings = List.copyOf(findings);
        parent = List.copyOf(parent);
        unmeasured = Map.copyOf(unmeasured);
    }

    /** With what many networks came to. */
    public Findings with(DivergenceComparison comparison) {
        var all = new ArrayList<>(findings);
        all.addAll(comparison.findings());
        return new Findings(
                all,
                parent,
                unmeasured,
                references,
                forgetRecords,
                retainRecords,
                testRecords,
                seed,
                comparison.divergence(),
                distributions);
    }

    /** With the reason why many networks, which were demanded, could not be asked. */
    public Findings withoutDivergence(String reason) {
        var all = new HashMap<>(unmeasured);
        Check.of(Check.Family.DIVERGENCE).forEach(check -> all.put(check.code(), reason));
        return new Findings(
                findings,
                parent,
                all,
                references,
                forgetRecords,
                retainRecords,
                testRecords,
                seed,
                divergence,
                distributions);
    }

    /** What a certificate says: all that the verdict follows from and no more. */
    public Findings withoutDistributions() {
        return new Findings(
                findings,
                parent,
                unmeasured,
                references,
                forgetRecords,
                retainRecords,
                testRecords,
                seed,
                divergence,
                null);
    }
}
