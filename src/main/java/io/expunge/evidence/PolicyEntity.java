package io.expunge.evidence;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;

/** What a controller wants to happen to its models' erasures. */
@Entity
@Table(name = "policy")
class PolicyEntity {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Id
    private UUID id;

    @Version
    private int revision;

    private UUID controllerId;
    private String name;
    private String body;
    private Instant changedAt;

    @SuppressWarnings("NullAway.Init")
    protected PolicyEntity() {}

    PolicyEntity(UUID id, UUID controllerId, String name, Rules rules, Instant at) {
        this.id = id;
        this.controllerId = controllerId;
        this.name = name;
        this.body = JSON.writeValueAsString(rules);
        this.changedAt = at;
    }

    void change(Rules rules, Instant at) {
        body = JSON.writeValueAsString(rules);
        changedAt = at;
    }

    UUID id() {
        return id;
    }

    UUID controllerId() {
        return controllerId;
    }

    int revision() {
        return revision;
    }

    String name() {
        return name;
    }

    Instant changedAt() {
        return changedAt;
    }

    Rules rules() {
        return JSON.readValue(body, Rules.class);
    }
}
