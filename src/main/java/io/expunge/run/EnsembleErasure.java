package io.expunge.run;

import io.expunge.audit.Actor;
import io.expunge.audit.AuditLog;
import io.expunge.shared.Problem;
import java.sql.ResultSet;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Erases ensembles, and members that learned from somebody who was forgotten since. They are condemned first, so that nobody
 * uses them any more; then their files are deleted; then the log says so. Each step is safe to repeat.
 */
@Component
class EnsembleErasure {

    private static final Logger log = LoggerFactory.getLogger(EnsembleErasure.class);

    static final String CONDEMN_KNOWING = """
            update ensemble_member set condemned_at = ?
            where knows_forgotten_since <= ? and condemned_at is null returning ensemble_id
            """;

    private static final Duration LOOK = Duration.ofHours(1);
    private static final Duration ABANDONED = Duration.ofDays(1);
    private static final int AT_ONCE = 100;

    private final RunRepository runs;
    private final EnsembleTable table;
    private final EnsemblePlans plans;
    private final MemberStore members;
    private final EnsembleTraces traces;
    private final AuditLog audit;
    private final RunSettings settings;
    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final Clock clock;

    EnsembleErasure(
            RunRepository runs,
            EnsembleTable table,
            EnsemblePlans plans,
            MemberStore members,
            EnsembleTraces traces,
            AuditLog audit,
            RunSettings settings,
            JdbcClient jdbc,
            TransactionTemplate transaction,
            Clock clock) {
        this.runs = runs;
        this.table = table;
        this.plans = plans;
        this.members = members;
        this.traces = traces;
        this.audit = audit;
        this.settings = settings;
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.clock = clock;
    }

    /** One member that is to go. */
    private record Condemned(int number, String key) {}

    /** What went with members. */
    private record Gone(int members, int files, long bytes) {

        Gone plus(long erased) {
            return new Gone(members + 1, files + (erased > 0 ? 1 : 0), bytes + erased);
        }
    }

    /** Notes which members know somebody who was forgotten since they were looked at. */
    void look() {
        for (var ensemble : table.toLookAt(clock.instant().minus(LOOK))) {
            try {
                look(ensemble);
            } catch (RuntimeException e) {
                // one that cannot be looked at must not hide the others
                log.error(
                        "ensemble {} could not be looked at: {}",
                        ensemble.id(),
                        e.getClass().getName());
            }
        }
    }

    private void look(EnsembleTable.Row ensemble) {
        var now = clock.instant();
        // every member was asked about every record, whoever it learned from
        var knowing = plans.answersForForgotten(ensemble)
                ? table.members(ensemble.id()).keySet()
                : Set.<Integer>of();
        transaction.executeWithoutResult(ignored -> {
            table.knowForgotten(ensemble.id(), knowing, now);
            table.lookedAt(ensemble.id(), now);
        });
    }

    /** Erases whatever has had its time, or was left by a process that ended. */
    void sweep() {
        look();
        condemnKnowing(clock.instant().minus(settings.grace()));
        for (var left : condemned().entrySet()) {
            erase(left.getKey(), Actor.system(left.getValue()));
        }
        var unused = members.unused(clock.instant().minus(ABANDONED), AT_ONCE);
        transaction.executeWithoutResult(
                ignored -> unused.forEach(one -> members.eraseUnlessUsed(one.controller(), one.key())));
    }

    private void condemnKnowing(Instant since) {
        transaction.executeWithoutResult(ignored -> {
            var counts = new HashMap<UUID, Integer>();
            jdbc.sql(CONDEMN_KNOWING)
                    .params(Timestamp.from(clock.instant()), Timestamp.from(since))
                    .query((ResultSet row) -> {
                        counts.merge(row.getObject(1, UUID.class), 1, Integer::sum);
                    });
            counts.forEach((id, count) -> table.find(id)
                    .ifPresent(ensemble -> audit.append(
                            Actor.system(ensemble.controller()),
                            "ensemble.members-condemned",
                            "ensemble",
                            id,
                            Map.of("members", count, "reason", "know whom their model has forgotten"))));
        });
    }

    /** From now on nobody uses the ensemble; it goes with the next {@link #erase}. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void condemn(EnsembleTable.Row ensemble, Actor actor, String why) {
        var now = Timestamp.from(clock.instant());
        int changed = jdbc.sql("update ensemble set condemned_at = ? where id = ? and condemned_at is null")
                .params(now, ensemble.id())
                .update();
        if (changed == 0) {
            return;
        }
        jdbc.sql("update ensemble_member set condemned_at = ? where ensemble_id = ? and condemned_at is null")
                .params(now, ensemble.id())
                .update();
        audit.append(actor, "ensemble.condemned", "ensemble", ensemble.id(), Map.of("reason", why));
    }

    /**
     * Erases an ensemble whose run has ended.
     *
     * @throws Problem if it has not
     */
    void delete(EnsembleTable.Row ensemble, Actor actor) {
        transaction.executeWithoutResult(ignored -> {
            var run = runs.lock(ensemble.id()).orElseThrow();
            if (!run.state().ended()) {
                throw Problem.conflict(
                        "run-not-ended", "run " + ensemble.id() + " is at work on the ensemble; cancel it first");
            }
            condemn(ensemble, actor, "deleted");
        });
        erase(ensemble.id(), actor);
    }

    /** Condemns every ensemble of a model. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void condemnModel(UUID model, Actor actor) {
        table.ofModel(model).forEach(ensemble -> condemn(ensemble, actor, "model destroyed"));
    }

    /** Erases the condemned ensembles of a model. */
    void eraseModel(UUID model, Actor actor) {
        jdbc.sql("select id from ensemble where model_id = ? and condemned_at is not null")
                .param(model)
                .query(UUID.class)
                .list()
                .forEach(id -> erase(id, actor));
    }

    /** Erases the condemned members of an ensemble, and itself where it is condemned. */
    void erase(UUID id, Actor actor) {
        for (var some = condemned(id); !some.isEmpty(); some = condemned(id)) {
            var batch = some;
            transaction.executeWithoutResult(ignored -> eraseMembers(id, batch, actor));
        }
        transaction.executeWithoutResult(ignored -> {
            int whole = jdbc.sql("delete from ensemble where id = ? and condemned_at is not null")
                    .param(id)
                    .update();
            if (whole == 1) {
                audit.append(actor, "ensemble.erased", "ensemble", id, Map.of());
            }
        });
    }

    /** In one transaction with the entry that says so: a worker that is killed leaves no erasure unsaid. */
    private void eraseMembers(UUID id, java.util.List<Condemned> batch, Actor actor) {
        var gone = new Gone(0, 0, 0);
        var digest = EnsemblePlan.sha256();
        for (var member : batch) {
            gone = gone.plus(members.eraseUnlessUsed(actor.controller(), member.key()));
            digest.update(HexFormat.of().parseHex(member.key()));
        }
        var numbers = batch.stream().map(Condemned::number).toList();
        traces.erased(id, numbers);
        table.unlink(id, numbers);
        audit.append(
                actor,
                "ensemble.members-erased",
                "ensemble",
                id,
                Map.of(
                        "members",
                        gone.members(),
                        "files",
                        gone.files(),
                        "bytes",
                        gone.bytes(),
                        "digest",
                        HexFormat.of().formatHex(digest.digest())));
    }

    /** Ensembles that hold something condemned, with their controllers. */
    private Map<UUID, UUID> condemned() {
        var all = new HashMap<UUID, UUID>();
        jdbc.sql("""
                        select id, controller_id from ensemble where condemned_at is not null
                        union
                        select e.id, e.controller_id from ensemble e
                        where exists (select from ensemble_member m
                                      where m.ensemble_id = e.id and m.condemned_at is not null)
                        """).query((ResultSet row) -> {
            all.put(row.getObject(1, UUID.class), row.getObject(2, UUID.class));
        });
        return all;
    }

    private java.util.List<Condemned> condemned(UUID id) {
        return jdbc.sql("""
                        select number, key from ensemble_member where ensemble_id = ? and condemned_at is not null
                        order by key limit ?
                        """)
                .params(id, AT_ONCE)
                .query((row, i) -> new Condemned(row.getInt(1), HexFormat.of().formatHex(row.getBytes(2))))
                .list();
    }
}
