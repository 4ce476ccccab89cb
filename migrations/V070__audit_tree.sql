-- The tree over the audit log's entries: complete subtrees only, which never change. Level 0 holds the leaves.

create table audit_node (
    level smallint not null,
    index bigint   not null,
    hash  bytea    not null,
    primary key (level, index)
);

-- The log's size and root at a time, signed; what proves the log is a copy of these kept elsewhere.
create table audit_checkpoint (
    size bigint primary key,
    note text        not null,
    at   timestamptz not null
);

create trigger audit_node_append_only before update or delete or truncate on audit_node
    for each statement execute function audit_is_append_only();
create trigger audit_checkpoint_append_only before update or delete or truncate on audit_checkpoint
    for each statement execute function audit_is_append_only();
