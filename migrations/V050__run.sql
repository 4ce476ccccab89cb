-- Runs, their progress, the processes that work on them, and the two queues.

create table run (
    id                  uuid primary key,
    controller_id       uuid             not null,
    revision            integer          not null,
    model_id            uuid             not null,
    kind                text             not null check (kind in ('TRAINING', 'UNLEARNING')),
    state               text             not null check (state in
        ('QUEUED', 'RUNNING', 'RETRYING', 'AWAITING_APPROVAL', 'SUCCEEDED', 'FAILED', 'CANCELLED')),
    stage               text             not null,
    attempt             integer          not null,
    failures            integer          not null,
    starter             text             not null,
    submitters          text             not null,
    method              text,
    training            text,
    parent_version_id   uuid,
    candidate_version_id uuid,
    request_ids         text             not null,
    forget              bytea            not null,
    due_at              timestamptz,
    cancel_requested    boolean          not null,
    failure             text,
    worker              text,
    edit_seconds        double precision not null,
    trials              text             not null,
    idempotency_key     text,
    request_fingerprint bytea,
    created_at          timestamptz      not null,
    started_at          timestamptz,
    ended_at            timestamptz,
    worked_until        timestamptz
);
create unique index run_idempotency on run (controller_id, idempotency_key) where idempotency_key is not null;
create index run_page on run (controller_id, id desc);
create index run_model on run (model_id, id desc);
-- a lineage is edited by one run at a time
create unique index run_one_active on run (model_id) where state in ('RUNNING', 'RETRYING', 'AWAITING_APPROVAL');

create table run_progress (
    run_id       uuid primary key references run,
    stage        text             not null,
    done         bigint           not null,
    total        bigint           not null,
    rate         double precision not null,
    seconds_left double precision not null,
    loss         double precision,
    token_rate   double precision,
    updated_at   timestamptz      not null
);

-- How the loss went, thinned, for each stretch of numeric work by its label.
create table run_curve (
    run_id uuid not null references run,
    label  text not null,
    points text not null,
    primary key (run_id, label)
);

create table worker (
    name         text primary key,
    role         text        not null,
    device       text        not null,
    run_id       uuid,
    started_at   timestamptz not null,
    last_seen_at timestamptz not null
);

create table edit_task (
    task_name            text        not null,
    task_instance        text        not null,
    task_data            bytea,
    execution_time       timestamptz not null,
    picked               boolean     not null,
    picked_by            text,
    last_success         timestamptz,
    last_failure         timestamptz,
    consecutive_failures integer,
    last_heartbeat       timestamptz,
    version              bigint      not null,
    priority             smallint,
    primary key (task_name, task_instance)
);
create index edit_task_due on edit_task (priority desc, execution_time);
create index edit_task_heartbeat on edit_task (last_heartbeat);

create table light_task (like edit_task including all);
