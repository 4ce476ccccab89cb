-- What a request said of people, encrypted; its data key, which shredding destroys; and what a request needs for both.

alter table erasure_request
    drop column external_id,
    add column people        integer not null,
    add column pseudonym_key text    not null,
    add column ended_at      timestamptz,
    add column shredded_at   timestamptz;
create index erasure_request_shredding on erasure_request (ended_at) where ended_at is not null and shredded_at is null;
create index erasure_request_rekeying on erasure_request (pseudonym_key) where shredded_at is null;

-- Under AES-256-GCM with the request's id as associated data. No foreign keys here: both rows come in the statement that
-- files the request, and every key would take a look-up and a lock more for each of them.
create table request_payload (
    request_id uuid primary key,
    ciphertext bytea not null
);

-- The data keys, each under the key-encryption key of this id. No row, no payload.
create table request_key (
    request_id uuid primary key,
    key_id     text  not null,
    wrapped    bytea not null
);
create index request_key_wrapping on request_key (key_id);
