-- When and how strongly users have authenticated. It is unknown for rows that are there already.
ALTER TABLE gatehouse_tokens ADD COLUMN auth_time TIMESTAMP(6) WITH TIME ZONE;
ALTER TABLE gatehouse_tokens ADD COLUMN acr VARCHAR(1000);
ALTER TABLE gatehouse_codes ADD COLUMN auth_time TIMESTAMP(6) WITH TIME ZONE;
ALTER TABLE gatehouse_codes ADD COLUMN acr VARCHAR(1000);
ALTER TABLE gatehouse_sessions ADD COLUMN auth_time TIMESTAMP(6) WITH TIME ZONE;
ALTER TABLE gatehouse_sessions ADD COLUMN acr VARCHAR(1000);
-- The hash of the authorization request that the user logged in for.
ALTER TABLE gatehouse_sessions ADD COLUMN request_hash VARCHAR(43);
