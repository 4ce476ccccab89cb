-- Where news goes, and what is on its way. A delivery is stored in the transaction that it tells of.

create table webhook (
    id            uuid primary key,
    controller_id uuid        not null,
    url           text        not null,
    types         text[]      not null,
    generation    integer     not null,
    rotated_at    timestamptz,
    enabled       boolean     not null,
    failing_since timestamptz,
    created_at    timestamptz not null
);
create index webhook_page on webhook (controller_id, id desc);
create unique index webhook_url on webhook (controller_id, url);

create table webhook_delivery (
    id            bigint generated always as identity primary key,
    message_id    text        not null,
    webhook_id    uuid        not null references webhook on delete cascade,
    controller_id uuid        not null,
    subject_id    uuid        not null,
    type          text        not null,
    body          text        not null,
    state         text        not null check (state in ('PENDING', 'DELIVERED', 'FAILED')),
    attempts      integer     not null,
    next_at       timestamptz not null,
    status        integer,
    error         text,
    created_at    timestamptz not null,
    delivered_at  timestamptz
);
create index webhook_delivery_page on webhook_delivery (webhook_id, id desc);
create index webhook_delivery_due on webhook_delivery (next_at) where state = 'PENDING';
-- what concerns one thing goes out in order
create index webhook_delivery_order on webhook_delivery (webhook_id, subject_id, id) where state = 'PENDING';
