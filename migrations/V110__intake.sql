-- Requests that came by another protocol, and what their controllers are still to be told.

create table foreign_request (
    controller_id uuid not null,
    protocol      text not null,
    foreign_id    uuid not null,
    request_id    uuid not null,
    -- where each change is told; empty once the last one is on its way
    callbacks     text[] not null,
    results_url   text   not null,
    told          text   not null,
    primary key (controller_id, protocol, foreign_id)
);
create unique index foreign_request_of on foreign_request (request_id, protocol);

-- Only what is not delivered yet: where something was told is kept no longer than it takes to tell it.
create table callback (
    id            bigint generated always as identity primary key,
    controller_id uuid        not null,
    protocol      text        not null,
    subject_id    uuid        not null,
    url           text        not null,
    body          text        not null,
    attempts      integer     not null,
    next_at       timestamptz not null
);
create index callback_due on callback (next_at);
-- what concerns one thing is told in order
create index callback_order on callback (subject_id, url, id);
