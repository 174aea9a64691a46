-- Clients may give the address of their keys in place of the keys.
ALTER TABLE gatehouse_clients ADD COLUMN jwks_uri VARCHAR(1000);
