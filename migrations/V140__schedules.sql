-- Standing orders: what is to be done again and again, and each time that it was.

create table schedule (
    id                  uuid primary key,
    controller_id       uuid        not null,
    revision            integer     not null,
    name                text        not null,
    body                text        not null,
    paused              boolean     not null,
    -- null while it is paused
    next_at             timestamptz,
    -- the last day whose expired records were filed
    filed_until         date,
    idempotency_key     text,
    request_fingerprint bytea,
    -- the zone of the controller, in which legal deadlines are counted
    controller_zone     text        not null,
    created_by          text        not null,
    -- whoever brought the list of people
    list_by             text,
    created_at          timestamptz not null,
    unique (controller_id, name)
);
create index schedule_due on schedule (next_at) where next_at is not null;
create unique index schedule_idempotency on schedule (controller_id, idempotency_key) where idempotency_key is not null;

create table firing (
    id          uuid primary key,
    schedule_id uuid        not null references schedule on delete cascade,
    due_at      timestamptz not null,
    -- whoever had it carried out by hand
    by_hand     text,
    attempts    integer     not null,
    ended_at    timestamptz,
    outcome     text check (outcome in ('DONE', 'NOTHING', 'SKIPPED', 'FAILED')),
    reason      text,
    records     bigint      not null,
    requests    uuid[]      not null,
    runs        uuid[]      not null
);
create index firing_page on firing (schedule_id, id desc);
create index firing_open on firing (id) where ended_at is null;

-- People on a list that lives as long as what it is for: encrypted as a request's words are, in the same custody.
create table subject_list (
    id         uuid primary key,
    people     integer not null,
    ciphertext bytea   not null,
    key_id     text    not null,
    wrapped    bytea   not null
);
create index subject_list_wrapping on subject_list (key_id);
