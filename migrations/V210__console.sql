-- People who sign in to the console, and how often a sign-in failed lately.

create table console_user (
    id              uuid primary key,
    controller_id   uuid        not null references controller,
    name            text        not null,
    roles           text        not null,
    password        text        not null,
    -- whether the password must be changed before anything else
    one_time        boolean     not null,
    -- counts passwords; a session that began under an earlier one ends
    credential      integer     not null,
    enabled         boolean     not null,
    created_at      timestamptz not null,
    last_sign_in_at timestamptz
);
create unique index console_user_name on console_user (lower(name));
create index console_user_controller on console_user (controller_id, name);

-- By a digest of the name that was typed, whether anybody has it or not, and of the address that it came from.
create table sign_in_attempt (
    key           bytea primary key,
    failures      integer     not null,
    last_at       timestamptz not null,
    blocked_until timestamptz
);
create index sign_in_attempt_last on sign_in_attempt (last_at);

-- What the console's lists are read by: a view, an order, and a place in it.
create index erasure_request_open_due on erasure_request (controller_id, due_at, id)
    where state in ('RECEIVED', 'RESOLVED', 'IN_PROGRESS', 'ATTENTION');
create index erasure_request_open_id on erasure_request (controller_id, id desc)
    where state in ('RECEIVED', 'RESOLVED', 'IN_PROGRESS', 'ATTENTION');
create index erasure_request_state on erasure_request (controller_id, state, id desc);
create index erasure_request_all_due on erasure_request (controller_id, due_at, id);
create index run_state on run (controller_id, state, id desc);
