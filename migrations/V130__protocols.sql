-- More protocols: not all of their ids are UUIDs, and what an adapter must remember of a request is its own affair.

alter table foreign_request alter column foreign_id type text using foreign_id::text;
-- for OpenDSR where the evidence is found, for Ketch the tenant; never anything secret
alter table foreign_request rename column results_url to context;
update foreign_request set told = 'CANCELLED' where told = 'DROPPED';
