package io.expunge.run;

import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** How far an ensemble is, whoever works on it: one bar for all shards. */
@Component
class EnsembleProgress {

    private final Runs runs;
    private final EnsembleTable table;
    private final ProgressTable progress;

    EnsembleProgress(Runs runs, EnsembleTable table, ProgressTable progress) {
        this.runs = runs;
        this.table = table;
        this.progress = progress;
    }

    /**
     * Writes it, in a transaction that holds the run's row.
     *
     * @return whether all members are there
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public boolean write(EnsembleTable.Row ensemble) {
        var count = table.count(ensemble.id());
        double rate = count.rate(ensemble.shardsSince());
        int left = ensemble.members() - count.present();
        progress.write(
                ensemble.id(),
                runs.lock(ensemble.id()).attempt(),
                new ProgressTable.Progress(
                        "members",
                        count.present(),
                        ensemble.members(),
                        rate,
                        rate > 0 ? left / rate : 0,
                        Double.NaN,
                        0));
        return left == 0;
    }
}
