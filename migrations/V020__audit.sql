-- Who did what. Writers append rows in their own transactions; one sequencer at a time chains committed rows, so that
-- writers never wait for one another. A link holds the hash of the link before it.

create table audit_entry (
    id            uuid primary key,
    controller_id uuid        not null,
    at            timestamptz not null,
    actor         text        not null,
    action        text        not null,
    subject_type  text        not null,
    subject_id    uuid        not null,
    details       text        not null
);
create index audit_entry_page on audit_entry (controller_id, id desc);
create index audit_entry_subject on audit_entry (controller_id, subject_id, id desc);

create table audit_link (
    index    bigint primary key,
    entry_id uuid  not null unique references audit_entry,
    hash     bytea not null
);

-- Rows that wait to be chained; deleted in the transaction that chains them.
create table audit_pending (
    entry_id uuid primary key references audit_entry
);

create function audit_is_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'the audit log is append-only';
end $$;

create trigger audit_entry_append_only before update or delete or truncate on audit_entry
    for each statement execute function audit_is_append_only();
create trigger audit_link_append_only before update or delete or truncate on audit_link
    for each statement execute function audit_is_append_only();
