-- What is left when a run, a version or a model has had its time, and who was given a version.

alter table model
    add column destroyed_at timestamptz;

-- When a version stopped being needed; since when its files are to go; when they were gone.
alter table version
    add column left_at      timestamptz,
    add column condemned_at timestamptz,
    add column erased_at    timestamptz;
create index version_leaving on version (left_at) where left_at is not null and condemned_at is null;
create index version_condemned on version (condemned_at) where condemned_at is not null and erased_at is null;
create index version_digest on version (digest);

alter table run
    add column workspace_erased_at timestamptz,
    drop constraint run_kind_check,
    add constraint run_kind_check check (kind in ('TRAINING', 'UNLEARNING', 'DESTRUCTION'));
create index run_workspace on run (ended_at) where ended_at is not null and workspace_erased_at is null;

-- To whom a version was given: a deployment, a copy, another company. No person stands here.
create table recipient (
    id            uuid primary key,
    controller_id uuid        not null,
    revision      integer     not null,
    version_id    uuid        not null references version,
    name          text        not null,
    kind          text        not null check (kind in ('DEPLOYMENT', 'COPY', 'PROCESSOR', 'CONTROLLER')),
    ended_at      timestamptz,
    created_at    timestamptz not null
);
create index recipient_version on recipient (version_id);

-- Whom a completed request obliges to tell (GDPR Article 19), and what came of it.
create table recipient_notice (
    request_id    uuid        not null references erasure_request,
    recipient_id  uuid        not null references recipient,
    controller_id uuid        not null,
    state         text        not null check (state in ('DUE', 'NOTIFIED', 'IMPOSSIBLE', 'DISPROPORTIONATE')),
    due_since     timestamptz not null,
    decided_at    timestamptz,
    decided_by    text,
    primary key (request_id, recipient_id)
);
create index recipient_notice_due on recipient_notice (controller_id) where state = 'DUE';
