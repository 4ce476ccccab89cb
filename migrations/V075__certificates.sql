-- Signed statements on what runs did. The salt opens the commitment to the forget set and never leaves the database.

create table certificate (
    id            uuid primary key,
    controller_id uuid        not null,
    run_id        uuid        not null unique,
    version_id    uuid        not null,
    issued_at     timestamptz not null,
    guarantee     text        not null check (guarantee in ('exact', 'certified', 'empirical')),
    verdict       text        not null,
    statement     text        not null,
    test_result   text        not null,
    salt          bytea       not null
);
create index certificate_page on certificate (controller_id, id desc);

create table certificate_request (
    request_id     uuid not null,
    certificate_id uuid not null references certificate,
    primary key (request_id, certificate_id)
);
