-- Sessions of the console, as Spring Session writes them. Of the user there is an id and nothing else; what a session holds
-- is sealed under a key that is in no database.

create table console_session (
    primary_id            char(36) primary key,
    session_id            char(36)     not null,
    creation_time         bigint       not null,
    last_access_time      bigint       not null,
    max_inactive_interval integer      not null,
    expiry_time           bigint       not null,
    -- "user:" and the id of whoever signed in
    principal_name        varchar(100)
);
create unique index console_session_id on console_session (session_id);
create index console_session_expiry on console_session (expiry_time);
create index console_session_principal on console_session (principal_name);

create table console_session_attributes (
    session_primary_id char(36)     not null references console_session on delete cascade,
    attribute_name     varchar(200) not null,
    attribute_bytes    bytea        not null,
    primary key (session_primary_id, attribute_name)
);
