-- When a version's files and what it knows were last looked at, and whether all was well.

alter table version
    add column verified_at timestamptz,
    add column sound boolean;
create index version_unsound on version (id) where sound = false;
