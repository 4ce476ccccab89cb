package io.expunge.schedule;

import io.expunge.api.DryRun;
import io.expunge.api.Firing;
import io.expunge.api.FiringPage;
import io.expunge.api.HouseTask;
import io.expunge.api.NewSchedule;
import io.expunge.api.Schedule;
import io.expunge.api.ScheduleApi;
import io.expunge.api.SubjectList;
import io.expunge.shared.IdempotencyKey;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

@RestController
class ScheduleController implements ScheduleApi {

    private final Schedules schedules;
    private final HouseWork house;
    private final JsonMapper json;

    ScheduleController(Schedules schedules, HouseWork house, JsonMapper json) {
        this.schedules = schedules;
        this.house = house;
        this.json = json;
    }

    @Override
    public ResponseEntity<List<Schedule>> listSchedules() {
        return ResponseEntity.ok(schedules.list());
    }

    @Override
    public ResponseEntity<Schedule> createSchedule(NewSchedule declared, @Nullable String key) {
        var made = schedules.create(declared, IdempotencyKey.of(key, json.writeValueAsString(declared)));
        return ResponseEntity.created(URI.create("/v1/schedules/" + made.getId()))
                .body(made);
    }

    @Override
    public ResponseEntity<Schedule> getSchedule(UUID id) {
        return ResponseEntity.ok(schedules.find(id));
    }

    @Override
    public ResponseEntity<Void> deleteSchedule(UUID id) {
        schedules.delete(id);
        return ResponseEntity.noContent().build();
    }

    @Override
    public ResponseEntity<Void> putScheduleSubjects(UUID id, SubjectList list) {
        schedules.put(id, list.getSubjects());
        return ResponseEntity.noContent().build();
    }

    @Override
    public ResponseEntity<DryRun> dryRunSchedule(UUID id) {
        return ResponseEntity.ok(schedules.dryRun(id));
    }

    @Override
    public ResponseEntity<Schedule> pauseSchedule(UUID id) {
        return ResponseEntity.ok(schedules.pause(id));
    }

    @Override
    public ResponseEntity<Schedule> resumeSchedule(UUID id) {
        return ResponseEntity.ok(schedules.resume(id));
    }

    @Override
    public ResponseEntity<Firing> runSchedule(UUID id) {
        return ResponseEntity.accepted()
                .location(URI.create("/v1/schedules/" + id + "/firings"))
                .body(schedules.run(id));
    }

    @Override
    public ResponseEntity<FiringPage> listFirings(UUID id, @Nullable String cursor, @Nullable Integer limit) {
        var page = schedules.history(id, cursor, limit);
        return ResponseEntity.ok(new FiringPage(page.items()).next(page.next()));
    }

    @Override
    public ResponseEntity<List<HouseTask>> listHouseTasks() {
        return ResponseEntity.ok(house.list());
    }
}
