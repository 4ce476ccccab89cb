-- What somebody filed in the console is found again; requests of tools are not in here.
create index erasure_request_of_user on erasure_request (controller_id, submitter, id desc) where submitter like 'user:%';
