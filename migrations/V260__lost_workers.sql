-- How often in a row a run's worker ended without a word, and how far the run had come by then.
alter table run
    add column losses     integer not null default 0,
    add column lost_place text,
    add column lost_done  bigint  not null default 0;
