-- Policies, and what was fixed before a run, measured after it and decided on it.

create table policy (
    id            uuid primary key,
    controller_id uuid        not null,
    revision      integer     not null,
    name          text        not null,
    body          text        not null,
    changed_at    timestamptz not null,
    unique (controller_id, name)
);

create table evaluation (
    run_id            uuid primary key,
    controller_id     uuid             not null,
    revision          integer          not null,
    policy            text             not null,
    rules             text             not null,
    fixed_at          timestamptz      not null,
    next_method       integer          not null,
    findings          text,
    outcome           text check (outcome in ('PASSED', 'FAILED', 'INCONCLUSIVE')),
    reasons           text             not null,
    earlier           text             not null,
    edit_seconds      double precision not null,
    reference_seconds double precision not null,
    measured_at       timestamptz,
    decided_by        text,
    decided_at        timestamptz,
    decision          text
);
