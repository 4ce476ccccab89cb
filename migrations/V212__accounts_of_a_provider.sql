-- Users whom an identity provider (OpenID Connect) signs in. Who somebody is follows from issuer and subject alone: a name may
-- change, or be somebody else's later.

alter table console_user
    add column issuer text,
    add column subject text,
    alter column password drop not null,
    add constraint console_user_account check (
        case when issuer is null then subject is null and password is not null
             else subject is not null and password is null and not one_time end);
create unique index console_user_account on console_user (issuer, subject) where issuer is not null;

-- names are typed at the sign-in by password only
drop index console_user_name;
create unique index console_user_name on console_user (lower(name)) where issuer is null;
