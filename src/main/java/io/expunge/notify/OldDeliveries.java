package io.expunge.notify;

import io.expunge.run.LightTask;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Deliveries that have ended are kept for a while, to be looked at and replayed. */
@Component
class OldDeliveries implements LightTask {

    private static final int AT_ONCE = 5_000;

    private final JdbcClient jdbc;
    private final NotifySettings settings;
    private final Clock clock;

    OldDeliveries(JdbcClient jdbc, NotifySettings settings, Clock clock) {
        this.jdbc = jdbc;
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "delivery-retention";
    }

    @Override
    public Duration every() {
        return Duration.ofHours(1);
    }

    @Override
    public void execute() {
        var before = Timestamp.from(clock.instant().minus(settings.keepDeliveries()));
        int deleted;
        do {
            deleted = jdbc.sql("""
                            delete from webhook_delivery where id in (
                                select id from webhook_delivery where state <> 'PENDING' and created_at < ? limit ?)
                            """).params(before, AT_ONCE).update();
        } while (deleted == AT_ONCE);
    }
}
