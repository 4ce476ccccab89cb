-- Legal entities and the keys that act for them.

create table controller (
    id                  uuid primary key,
    name                text        not null unique,
    time_zone           text        not null,
    idempotency_key     text unique,
    request_fingerprint bytea,
    created_at          timestamptz not null
);

-- Only the SHA-256 of a secret is kept; 256 random bits need no slow hash.
create table api_key (
    id            uuid primary key,
    controller_id uuid        not null references controller,
    revision      integer     not null,
    name          text        not null,
    prefix        text        not null unique,
    secret_hash   bytea       not null,
    roles         text        not null,
    created_at    timestamptz not null,
    expires_at    timestamptz,
    last_used_at  timestamptz,
    revoked_at    timestamptz
);
create index api_key_controller on api_key (controller_id);
