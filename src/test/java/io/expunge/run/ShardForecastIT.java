package io.expunge.run;

import static io.expunge.evidence.WholePathIT.await;
import static io.expunge.evidence.WholePathIT.trainedModel;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class ShardForecastIT extends EnsembleHttpTest {

    private static final UUID CONTROLLER = UUID.fromString("00000000-0000-7000-8000-000000000001");

    @Autowired
    private ShardForecast forecast;

    @Autowired
    private RunSettings settings;

    @Test
    void everyShardThatIsStillToBeDoneIsReckonedWithAtTheRateThatWasMeasured() {
        var model = trainedModel(engineer, "ensemble-idle", "reckoned-");
        int earlier = forecast.of(CONTROLLER, Instant.now()).waiting().size();
        var id = ordered(model, "halves", 5_000, 9);
        await(
                () -> engineer.get("/v1/ensembles/" + id).body(),
                body -> body.get("present").asInt() > 0);
        int before = open(id);
        var now = Instant.now();
        var load = forecast.of(CONTROLLER, now);
        int after = open(id);
        assertThat(load.waiting().size() + load.busy().size() - earlier).isBetween(after - 1, before + 1);
        assertThat(load.waiting()).anySatisfy(shard -> {
            assertThat(shard.due()).isEqualTo(Instant.MAX);
            assertThat(shard.takes()).isPositive().isLessThan(settings.runTakes());
        });
        assertThat(load.busy()).allSatisfy(free -> assertThat(free).isAfter(now));
        engineer.post("/v1/runs/" + id + "/cancel", Map.of()).with(202);
        await(() -> engineer.get("/v1/runs/" + id).body(), body -> body.has("endedAt"));
        assertThat(forecast.of(CONTROLLER, now).waiting()).hasSize(earlier);
    }

    /** Shards on the queue, those in hand among them. */
    private int open(String id) {
        return jdbc.sql("select count(*) from edit_task where task_name = 'shard' and task_instance like ?")
                .param(id + "/%")
                .query(Integer.class)
                .single();
    }
}
