-- The keys that tokens and codes are bound to. Those that are there already are bound to none.
ALTER TABLE gatehouse_tokens ADD COLUMN jkt VARCHAR(43);
ALTER TABLE gatehouse_tokens ADD COLUMN x5t VARCHAR(43);
ALTER TABLE gatehouse_codes ADD COLUMN jkt VARCHAR(43);
ALTER TABLE gatehouse_clients ADD COLUMN dpop_bound BOOLEAN DEFAULT FALSE NOT NULL;
ALTER TABLE gatehouse_clients ADD COLUMN certificate_bound BOOLEAN DEFAULT FALSE NOT NULL;

-- The keys that sign tokens. The number lets exactly one node add the next key. The private key is
-- encrypted with a key that is not in the database.
CREATE TABLE gatehouse_signing_keys (
  key_number BIGINT PRIMARY KEY,
  encrypted_key VARCHAR(10000) NOT NULL,
  published_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  signs_from TIMESTAMP(6) WITH TIME ZONE NOT NULL
);
