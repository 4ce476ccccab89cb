-- Requests to forget. People stand here as pseudonyms, 16 bytes each, one after another; records as data set and ordinal.

create table erasure_request (
    id                  uuid primary key,
    controller_id       uuid        not null,
    revision            integer     not null default 0,
    state               text        not null check (state in
        ('RECEIVED', 'NO_MATCH', 'RESOLVED', 'IN_PROGRESS', 'ATTENTION', 'COMPLETED', 'CANCELLED',
         'REFUSED')),
    regulation          text        not null check (regulation in ('GDPR', 'CCPA')),
    external_id         text,
    submitter           text        not null,
    submitted_at        timestamptz not null,
    received_at         timestamptz not null,
    due_at              timestamptz not null,
    completed_at        timestamptz,
    subjects            bytea       not null,
    records             bytea       not null,
    datasets            bytea       not null,
    matched             bigint,
    idempotency_key     text,
    request_fingerprint bytea
);
create unique index erasure_request_idempotency on erasure_request (controller_id, idempotency_key)
    where idempotency_key is not null;
create index erasure_request_page on erasure_request (controller_id, id desc);
create index erasure_request_due on erasure_request (controller_id, state, due_at);
create index erasure_request_received on erasure_request (due_at) where state = 'RECEIVED';

create table erasure_target (
    id            uuid primary key,
    controller_id uuid        not null,
    revision      integer     not null,
    request_id    uuid        not null references erasure_request,
    model_id      uuid        not null,
    state         text        not null check (state in ('WAITING', 'IN_RUN', 'ATTENTION', 'FORGOTTEN')),
    records       bytea       not null,
    versions      bytea       not null,
    run_id        uuid,
    waiting_since timestamptz not null,
    unique (request_id, model_id)
);
create index erasure_target_waiting on erasure_target (model_id) where state = 'WAITING';
create index erasure_target_run on erasure_target (run_id) where run_id is not null;
