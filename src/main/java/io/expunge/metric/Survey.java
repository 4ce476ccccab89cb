package io.expunge.metric;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Makes every check of a family that can be made, of the edited model and, where it tells, of the parent. */
interface Survey {

    /** Why the check cannot be made; empty where it can. */
    String obstacle(Check check);

    /** Makes a check that can be made. */
    Finding finding(Check check);

    /** Checks of {@code family} that can be made, in their order. */
    default List<Finding> findings(Check.Family family) {
        return made(Check.of(family));
    }

    /** Those of {@code checks} that can be made, in their order. */
    default List<Finding> made(List<Check> checks) {
        var findings = new ArrayList<Finding>();
        for (var check : checks) {
            if (obstacle(check).isEmpty()) {
                findings.add(finding(check));
            }
        }
        return findings;
    }

    /** Checks of {@code family} that cannot be made, by code, with the reason. */
    default Map<String, String> unmeasured(Check.Family family) {
        var reasons = new TreeMap<String, String>();
        for (var check : Check.of(family)) {
            var reason = obstacle(check);
            if (!reason.isEmpty()) {
                reasons.put(check.code(), reason);
            }
        }
        return reasons;
    }
}
