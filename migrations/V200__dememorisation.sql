-- Runs that make a version recite less of what it learned, for nobody's request.

alter table run
    drop constraint run_kind_check,
    add constraint run_kind_check
        check (kind in ('TRAINING', 'UNLEARNING', 'DESTRUCTION', 'ENSEMBLE', 'DEMEMORISATION')),
    add column mining text,
    add constraint run_mining_check check ((mining is not null) = (kind = 'DEMEMORISATION'));
