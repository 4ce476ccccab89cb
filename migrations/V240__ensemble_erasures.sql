-- Members of an ensemble that knew somebody who was forgotten and were erased: what the runs that forgot them left behind. No
-- reference, since the ensemble itself may be gone.
create table ensemble_erasure (
    ensemble_id uuid primary key,
    model_id    uuid        not null,
    ordered_at  timestamptz not null,
    members     integer     not null,
    erased_at   timestamptz not null
);
create index ensemble_erasure_model on ensemble_erasure (model_id);
