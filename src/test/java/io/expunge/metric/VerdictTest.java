package io.expunge.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class VerdictTest {

    private final SyntheticNetworks world = new SyntheticNetworks(600, 900, 3);
    private final Answers parent = world.memorised(0);
    private final List<Answers> references =
            LongStream.rangeClosed(1, 3).mapToObj(world::retrained).toList();

    @ParameterizedTest
    @CsvSource({
        // limit 0.1 on the sides of each kind of check
        "forget.accuracy, -0.05, 0.05, PASSED",
        "forget.accuracy, -0.05, 0.15, INCONCLUSIVE",
        "forget.accuracy, 0.11, 0.20, FAILED",
        "forget.accuracy, -0.30, -0.11, FAILED",
        "forget.outputs, -0.90, 0.05, PASSED",
        "forget.outputs, 0.05, 0.15, INCONCLUSIVE",
        "forget.outputs, 0.11, 0.15, FAILED",
        "retain.accuracy, -0.05, 0.90, PASSED",
        "retain.accuracy, -0.15, -0.05, INCONCLUSIVE",
        "retain.accuracy, -0.15, -0.11, FAILED",
        "parent.outputs, 0.15, 0.90, PASSED",
        "parent.outputs, 0.05, 0.15, INCONCLUSIVE",
        "parent.outputs, 0.00, 0.05, FAILED"
    })
    void aCheckPassesInsideItsLimitFailsOutsideAndIsInconclusiveAcross(
            String check, double low, double high, Outcome outcome) {
        var finding = new Finding(check, 0.0, (low + high) / 2, 0.0, 0.0, 0.0, (low + high) / 2, low, high);
        assertThat(Judgement.of(finding, new Thresholds(Map.of(check, 0.1))).outcome())
                .isEqualTo(outcome);
    }

    @Test
    void nothingFailsForWhatARetrainedReferenceShowsToo() {
        var finding = new Finding("forget.trace", 0.9, 0.7, 0.5, 0.3, 0.8, 0.2, 0.15, 0.25);
        assertThat(Judgement.of(finding, new Thresholds(Map.of("forget.trace", 0.1)))
                        .outcome())
                .isEqualTo(Outcome.INCONCLUSIVE);
    }

    @Test
    void recordsOnWhichRetrainedNetworksDisagreeFailNoRetraining() {
        var unusual = SyntheticNetworks.ofUnusualRecords(600, 900, 3);
        var others = LongStream.rangeClosed(1, 3).mapToObj(unusual::retrained).toList();
        var findings = new Battery(5).compare(unusual.memorised(0), unusual.retrained(9), others);
        var scatter = findings.findings().stream()
                .filter(finding -> finding.check().equals("forget.scatter"))
                .findFirst()
                .orElseThrow();
        assertThat(scatter.after()).isGreaterThan(0.75);
        assertThat(Verdict.of(findings, Thresholds.calibrated()).outcome()).isNotEqualTo(Outcome.FAILED);
    }

    @Test
    void anotherRetrainingPasses() {
        var findings = new Battery(5).compare(parent, world.retrained(9), references);
        var verdict = Verdict.of(findings, Thresholds.calibrated());
        assertThat(verdict.reasons()).containsExactly("all 11 checks passed");
        assertThat(verdict.outcome()).isEqualTo(Outcome.PASSED);
        assertThat(findings.unmeasured())
                .containsOnlyKeys("probe.bias", "probe.relearn")
                .containsEntry("probe.bias", "every class keeps records");
    }

    @Test
    void theParentItselfFailsAndSaysWhy() {
        var findings = new Battery(5).compare(parent, parent, references);
        var verdict = Verdict.of(findings, Thresholds.calibrated());
        assertThat(verdict.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(verdict.reasons())
                .anyMatch(reason -> reason.startsWith("forget.trace failed"))
                .anyMatch(reason -> reason.startsWith("parent.outputs failed"));
    }

    @Test
    void whereTheParentCannotBeToldFromRetrainingTheVerdictIsInconclusive() {
        var findings = new Battery(5).compare(world.retrained(7), world.retrained(9), references);
        var verdict = Verdict.of(findings, Thresholds.calibrated());
        assertThat(verdict.outcome()).isEqualTo(Outcome.INCONCLUSIVE);
        assertThat(verdict.reasons()).singleElement().asString().startsWith("these records left no mark on the parent");
    }

    @Test
    void withoutAReferenceOrWithFewRecordsTheVerdictIsInconclusive() {
        var alone = new Battery(5).compare(parent, world.retrained(9), List.of());
        assertThat(Verdict.of(alone, Thresholds.calibrated()).outcome()).isEqualTo(Outcome.INCONCLUSIVE);
        var few = new SyntheticNetworks(20, 900, 3);
        var findings =
                new Battery(5).compare(few.memorised(0), few.retrained(9), List.of(few.retrained(1), few.retrained(2)));
        assertThat(Verdict.of(findings, Thresholds.calibrated()).outcome()).isEqualTo(Outcome.INCONCLUSIVE);
    }

    @Test
    void theSameSeedGivesTheSameFindings() {
        assertThat(new Battery(5).compare(parent, world.retrained(9), references))
                .isEqualTo(new Battery(5).compare(parent, world.retrained(9), references));
    }

    @Test
    void findingsThresholdsAndVerdictsSurviveJson() throws Exception {
        var mapper = JsonMapper.builder().build();
        var findings = new Battery(5).compare(parent, world.retrained(9), references);
        var thresholds = new Thresholds(Map.of("forget.trace", 0.11));
        var verdict = Verdict.of(findings, thresholds);
        assertThat(mapper.readValue(mapper.writeValueAsString(findings), Findings.class))
                .isEqualTo(findings);
        assertThat(mapper.readValue(mapper.writeValueAsString(thresholds), Thresholds.class))
                .isEqualTo(thresholds);
        assertThat(mapper.readValue(mapper.writeValueAsString(verdict), Verdict.class))
                .isEqualTo(verdict);
        assertThat(mapper.writeValueAsString(verdict)).contains("\"outcome\":\"passed\"");
    }

    @Test
    void aThresholdThatIsNoneIsRefusedByName() {
        var limits = new HashMap<String, Double>();
        limits.put("forget.trace", null);
        assertThatThrownBy(() -> new Thresholds(limits))
                .hasMessageContaining("thresholds.forget.trace must be above 0");
        assertThatThrownBy(() -> new Thresholds(Map.of("forget.trce", 0.1)))
                .hasMessageContaining("thresholds.forget.trce is no check");
        assertThatThrownBy(() -> new Thresholds(Map.of("forget.trace", -0.1))).hasMessageContaining("must be above 0");
        assertThat(Thresholds.calibrated().limits()).hasSize(Check.values().length);
    }

    @Test
    void everyCheckSaysWhatItDemands() {
        var demands = new ArrayList<String>();
        for (var check : Check.values()) {
            assertThat(Check.of(check.code())).isEqualTo(check);
            demands.add(check.demand(0.5));
        }
        assertThat(demands)
                .contains("must lie within ±0.5", "must not exceed 0.5", "must not fall below −0.5", "must reach 0.5");
    }
}
