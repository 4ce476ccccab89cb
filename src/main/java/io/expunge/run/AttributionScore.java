package io.expunge.run;

import io.expunge.catalog.TrainingSets;
import io.expunge.engine.Monitor;
import io.expunge.engine.Stopped;
import io.expunge.influence.Attribution;
import io.expunge.influence.AttributionScoring;
import io.expunge.influence.Memberships;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Scores ensembles of halves. */
@Component
class AttributionScore {

    private final Ensembles ensembles;
    private final TrainingSets sets;

    AttributionScore(Ensembles ensembles, TrainingSets sets) {
        this.ensembles = ensembles;
        this.sets = sets;
    }

    /** Empty where there are too few members, no test records or too many training records. */
    Optional<Attribution> of(EnsembleTable.Row ensemble, Monitor monitor) {
        if (ensemble.kind() != EnsembleKind.HALVES || ensemble.members() < AttributionScoring.FEWEST) {
            return Optional.empty();
        }
        var learned = sets.learned(ensemble.version());
        if (learned.test().size() == 0 || learned.train().size() > Memberships.MOST_EXAMPLES) {
            return Optional.empty();
        }
        try (var scoring = new AttributionScoring(learned.train().size(), learned.test(), ensemble.members());
                var members = ensembles.members(ensemble.id())) {
            members.forEach(member -> {
                if (monitor.stopRequested()) {
                    throw new Stopped(0);
                }
                scoring.add(member.rows(), member.logits().test());
                monitor.progress("scoring", member.number() + 1L, ensemble.members(), Double.NaN);
            });
            return Optional.of(scoring.score(Predictions.SHARE, ensemble.seed()));
        }
    }
}
