package io.expunge.run;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Members of ensembles that know somebody whom a run made the model forget, those that are erased among them. */
@Component
class EnsembleTraces {

    private final JdbcClient jdbc;
    private final EnsembleTable table;
    private final EnsemblePlans plans;
    private final Clock clock;

    EnsembleTraces(JdbcClient jdbc, EnsembleTable table, EnsemblePlans plans, Clock clock) {
        this.jdbc = jdbc;
        this.table = table;
        this.plans = plans;
        this.clock = clock;
    }

    /**
     * Members of one ensemble.
     *
     * @param erasedAt when the last of them went; null while they are there
     */
    record Trace(UUID ensemble, int members, @Nullable Instant erasedAt) {}

    /** What a run that ended at {@code end} found of its model. */
    List<Trace> of(UUID model, Instant end) {
        var all = new ArrayList<Trace>();
        for (var ensemble : table.ofModel(model)) {
            if (ensemble.createdAt().isBefore(end)) {
                int knowing = knowing(ensemble, end);
                if (knowing > 0) {
                    all.add(new Trace(ensemble.id(), knowing, null));
                }
            }
        }
        all.addAll(jdbc.sql("""
                        select ensemble_id, members, erased_at from ensemble_erasure
                        where model_id = ? and ordered_at < ? and erased_at >= ? order by ensemble_id desc
                        """)
                .params(model, Timestamp.from(end), Timestamp.from(end))
                .query((row, i) -> new Trace(
                        row.getObject(1, UUID.class),
                        row.getInt(2),
                        row.getTimestamp(3).toInstant()))
                .list());
        return all;
    }

    private int knowing(EnsembleTable.Row ensemble, Instant end) {
        var count = table.count(ensemble.id());
        // every member was asked about every record, whoever it learned from
        boolean unseen = count.knowing() == 0
                && count.present() > 0
                && ensemble.lookedAt().isBefore(end);
        return unseen && plans.answersForForgotten(ensemble) ? count.present() : count.knowing();
    }

    /** Notes the members among {@code numbers} that knew somebody who was forgotten, in the transaction that erases them. */
    void erased(UUID ensemble, List<Integer> numbers) {
        jdbc.sql("""
                        insert into ensemble_erasure (ensemble_id, model_id, ordered_at, members, erased_at)
                        select e.id, e.model_id, e.created_at, count(*), ? from ensemble e
                        join ensemble_member m on m.ensemble_id = e.id
                        where e.id = ? and m.number = any (?) and m.knows_forgotten_since is not null
                        group by e.id
                        on conflict (ensemble_id) do update
                            set members = ensemble_erasure.members + excluded.members, erased_at = excluded.erased_at
                        """)
                .params(Timestamp.from(clock.instant()), ensemble, numbers.toArray(Integer[]::new))
                .update();
    }
}
