package io.expunge.schedule;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.stereotype.Component;

/** Standing orders that are stuck. */
@Component
class ScheduleMetrics {

    ScheduleMetrics(MeterRegistry registry, FiringTable firings) {
        Gauge.builder("expunge.schedules.failing", firings, FiringTable::failing)
                .description("Standing orders that failed the last time")
                .register(registry);
    }
}
