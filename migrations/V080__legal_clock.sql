-- What a person decided on a request's deadline, and what the deadline watch has told.

create table erasure_clock (
    request_id       uuid primary key references erasure_request,
    controller_id    uuid not null,
    acknowledged_at  timestamptz,
    first_due_at     timestamptz,
    extended_at      timestamptz,
    extension_reason text,
    notified_at      timestamptz,
    hold_ground      text,
    held_at          timestamptz,
    refusal_ground   text,
    refused_at       timestamptz
);
create index erasure_clock_held on erasure_clock (request_id) where hold_ground is not null;

create table erasure_warning (
    request_id uuid        not null references erasure_request,
    due_at     timestamptz not null,
    kind       text        not null,
    at         timestamptz not null,
    primary key (request_id, due_at, kind)
);
create index erasure_request_open on erasure_request (due_at) where state in ('RECEIVED', 'RESOLVED', 'IN_PROGRESS', 'ATTENTION');
