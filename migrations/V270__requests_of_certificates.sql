-- The list of certificates says whom each of them serves.
create index certificate_request_of on certificate_request (certificate_id);
