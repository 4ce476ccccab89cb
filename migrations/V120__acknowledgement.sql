-- By when receipt is to be confirmed, where the law asks for that; counted in the controller's zone when it was filed.

alter table erasure_request add column acknowledge_by timestamptz;
create index erasure_request_acknowledge on erasure_request (acknowledge_by)
    where acknowledge_by is not null and state in ('RECEIVED', 'RESOLVED', 'IN_PROGRESS', 'ATTENTION');
