-- What people say of a run's urgency, and what the processes that work on runs use.

alter table run add column priority text not null default 'NORMAL' check (priority in ('LOW', 'NORMAL', 'HIGH'));

alter table worker
    add column memory_bytes        bigint,
    add column device_memory_bytes bigint,
    add column device_memory_total bigint;

-- of the process that works on the run, or did
alter table run_progress
    add column device              text,
    add column memory_bytes        bigint,
    add column peak_memory_bytes   bigint,
    add column device_memory_bytes bigint,
    add column device_memory_total bigint,
    add column resources_seen_at   timestamptz;
