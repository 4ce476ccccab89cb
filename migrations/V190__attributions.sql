-- How well the outputs of an ensemble of halves say what each record does: by members that took no part in the estimate.
create table attribution (
    ensemble_id uuid primary key references ensemble on delete cascade,
    estimated   integer          not null,
    held_out    integer          not null,
    points      integer          not null,
    score       double precision not null,
    low         double precision not null,
    high        double precision not null,
    measured_at timestamptz      not null
);
