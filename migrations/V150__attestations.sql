-- Certificates of other acts than unlearning: of a model's destruction, of a retraining, and that nobody was known.

alter table run add column retraining boolean not null default false;

alter table certificate
    add column kind text not null default 'unlearning'
        check (kind in ('unlearning', 'destruction', 'retraining', 'not-known')),
    alter column run_id drop not null,
    alter column version_id drop not null,
    alter column test_result drop not null,
    alter column salt drop not null;
