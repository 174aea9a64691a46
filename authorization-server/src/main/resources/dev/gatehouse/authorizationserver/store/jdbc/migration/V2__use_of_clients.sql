-- Clients that nobody uses are forgotten. Those that are there already count as used now.
ALTER TABLE gatehouse_clients
  ADD COLUMN registered_at TIMESTAMP(6) WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP NOT NULL;
ALTER TABLE gatehouse_clients ADD COLUMN used_at TIMESTAMP(6) WITH TIME ZONE;
UPDATE gatehouse_clients SET used_at = CURRENT_TIMESTAMP;
CREATE INDEX gatehouse_clients_use ON gatehouse_clients (used_at, registered_at);
