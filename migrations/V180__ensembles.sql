-- Ensembles: many models of one architecture and recipe, trained on parts of what a version learned from. Of each only what
-- it says of the version's records is kept.

alter table run
    drop constraint run_kind_check,
    add constraint run_kind_check check (kind in ('TRAINING', 'UNLEARNING', 'DESTRUCTION', 'ENSEMBLE')),
    drop constraint run_state_check,
    add constraint run_state_check check (state in
        ('QUEUED', 'RUNNING', 'RETRYING', 'AWAITING_APPROVAL', 'AWAITING_SHARDS', 'SUCCEEDED', 'FAILED', 'CANCELLED'));
-- an ensemble edits nothing, so it may be at work beside the one run that does
drop index run_one_active;
create unique index run_one_active on run (model_id)
    where state in ('RUNNING', 'RETRYING', 'AWAITING_APPROVAL') and kind <> 'ENSEMBLE';

-- Has the id of the run that it was ordered by.
create table ensemble (
    id            uuid primary key,
    controller_id uuid        not null,
    model_id      uuid        not null references model,
    version_id    uuid        not null references version,
    kind          text        not null check (kind in ('HALVES', 'ORIGINALS', 'RETRAINED')),
    members       integer     not null,
    seed          bigint      not null,
    -- ordinals of records that no member learns from, 4 bytes each, ascending
    excluded      bytea       not null,
    shard_size    integer     not null,
    -- of one member, estimated until the first is there
    member_bytes  bigint      not null,
    shards_since  timestamptz,
    -- until when it is known who of its records' people has been forgotten
    looked_at     timestamptz not null,
    condemned_at  timestamptz,
    created_at    timestamptz not null
);
create index ensemble_controller on ensemble (controller_id, id desc);
create index ensemble_model on ensemble (model_id, id desc);
create index ensemble_version on ensemble (version_id, kind, id desc);
create index ensemble_condemned on ensemble (condemned_at) where condemned_at is not null;

-- What one model said, by the SHA-256 of all that decides it. A row is there before its file, so that no file is forgotten.
create table member (
    controller_id uuid        not null,
    key           bytea       not null,
    bytes         bigint      not null,
    claimed_at    timestamptz not null,
    stored_at     timestamptz,
    primary key (controller_id, key)
);
create index member_claimed on member (claimed_at) where stored_at is null;

create table ensemble_member (
    ensemble_id           uuid        not null references ensemble,
    number                integer     not null,
    key                   bytea       not null,
    reused                boolean     not null,
    linked_at             timestamptz not null,
    knows_forgotten_since timestamptz,
    condemned_at          timestamptz,
    primary key (ensemble_id, number)
);
create index ensemble_member_key on ensemble_member (key);
create index ensemble_member_knowing on ensemble_member (knows_forgotten_since)
    where knows_forgotten_since is not null and condemned_at is null;
create index ensemble_member_condemned on ensemble_member (ensemble_id) where condemned_at is not null;

-- A run's shards are named by it, a slash and the number of their first member.
create index edit_task_shard on edit_task (task_instance text_pattern_ops) where task_name = 'shard';
