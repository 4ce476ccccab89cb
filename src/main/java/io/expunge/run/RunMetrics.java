package io.expunge.run;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Locale;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What an operator watches: how much waits, how long, and how close the nearest deadline is. */
@Component
class RunMetrics implements MeterBinder {

    private final RunRepository runs;
    private final JdbcClient jdbc;

    RunMetrics(RunRepository runs, JdbcClient jdbc) {
        this.runs = runs;
        this.jdbc = jdbc;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (var state : new RunState[] {
            RunState.QUEUED,
            RunState.RUNNING,
            RunState.RETRYING,
            RunState.AWAITING_APPROVAL,
            RunState.AWAITING_SHARDS,
            RunState.FAILED
        }) {
            Gauge.builder("expunge.runs", () -> runs.countByState(state))
                    .tag("state", state.name().toLowerCase(Locale.ROOT))
                    .description("runs in this state")
                    .register(registry);
        }
        Gauge.builder("expunge.erasure.open", () -> number("""
                        select count(*) from erasure_request
                        where state in ('RECEIVED', 'RESOLVED', 'IN_PROGRESS', 'ATTENTION')
                        """))
                .description("erasure requests that are neither completed nor without a match")
                .register(registry);
        Gauge.builder("expunge.erasure.deadline", () -> number("""
                        select coalesce(extract(epoch from min(due_at) - now()), 'NaN') from erasure_request
                        where state in ('RECEIVED', 'RESOLVED', 'IN_PROGRESS', 'ATTENTION')
                        """))
                .baseUnit("seconds")
                .description("time left until the nearest deadline; negative when one was missed")
                .register(registry);
        Gauge.builder("expunge.versions.unsound", () -> number("""
                        select count(*) from version v join model m on m.champion_id = v.id where v.sound = false
                        """))
                .description("published versions whose files were changed, or that know somebody who was forgotten")
                .register(registry);
        Gauge.builder("expunge.audit.pending", () -> number("select count(*) from audit_pending"))
                .description("audit entries that are not chained yet")
                .register(registry);
    }

    private double number(String query) {
        return jdbc.sql(query).query(Double.class).single();
    }
}
