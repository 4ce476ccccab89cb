-- Data sets, the subject index, models and their versions.

create table dataset (
    id                  uuid primary key,
    controller_id       uuid        not null,
    revision            integer     not null,
    name                text        not null,
    format              text        not null,
    state               text        not null check (state in ('AWAITING', 'READY')),
    parts               text        not null,
    content             text,
    digest              bytea,
    idempotency_key     text,
    request_fingerprint bytea,
    created_at          timestamptz not null
);
create unique index dataset_idempotency on dataset (controller_id, idempotency_key) where idempotency_key is not null;
create index dataset_page on dataset (controller_id, id desc);

-- One row per record of a known person. A pseudonym is 16 bytes of a keyed hash; no identifier is kept. No foreign key:
-- to check millions of rows one by one takes longer than to load them, and they come in the transaction of their data set.
create table subject_record (
    controller_id uuid    not null,
    pseudonym     bytea   not null,
    dataset_id    uuid    not null,
    ordinal       integer not null
);
create index subject_record_lookup on subject_record (controller_id, pseudonym) include (dataset_id, ordinal);

create table model (
    id                  uuid primary key,
    controller_id       uuid        not null,
    revision            integer     not null,
    name                text        not null,
    architecture        text        not null,
    policy              text        not null,
    champion_id         uuid,
    idempotency_key     text,
    request_fingerprint bytea,
    created_at          timestamptz not null
);
create unique index model_idempotency on model (controller_id, idempotency_key) where idempotency_key is not null;
create index model_page on model (controller_id, id desc);

create table version (
    id                  uuid primary key,
    controller_id       uuid             not null,
    revision            integer          not null,
    model_id            uuid             not null references model,
    number              integer          not null,
    state               text             not null
        check (state in ('AWAITING_WEIGHTS', 'CANDIDATE', 'PUBLISHED', 'REJECTED', 'WITHDRAWN')),
    origin              text             not null check (origin in ('TRAINED', 'IMPORTED', 'UNLEARNED')),
    parent_id           uuid references version,
    run_id              uuid,
    digest              bytea,
    dataset_id          uuid references dataset,
    test_dataset_id     uuid references dataset,
    test_fraction       double precision not null,
    split_seed          bigint           not null,
    recipe              text,
    text_recipe         text,
    base_id             uuid references version,
    seed                bigint           not null,
    metrics             text             not null,
    idempotency_key     text,
    request_fingerprint bytea,
    created_at          timestamptz      not null,
    published_at        timestamptz,
    unique (model_id, number)
);
create unique index version_idempotency on version (controller_id, idempotency_key) where idempotency_key is not null;
create index version_dataset on version (dataset_id) where state = 'PUBLISHED';
create index version_run on version (run_id);

alter table model add foreign key (champion_id) references version;

-- What a version no longer learned from; a child begins with its parent's rows.
create table forgotten_record (
    version_id uuid    not null references version,
    dataset_id uuid    not null references dataset,
    ordinal    integer not null,
    primary key (version_id, dataset_id, ordinal)
);
