-- Which requests bind nobody any more is asked for again and again; completed ones stay for ever and must not be read each time.
create index erasure_request_old on erasure_request (state, ended_at) where shredded_at is not null;
