-- Plain SQL that H2 and PostgreSQL both take. Of tokens, codes and cookies only hashes are kept.

-- One row for each grant: the unit of revocation. A token is good only while its grant is.
CREATE TABLE gatehouse_grants (
  id VARCHAR(100) PRIMARY KEY,
  revoked BOOLEAN NOT NULL,
  expires_at TIMESTAMP(6) WITH TIME ZONE NOT NULL
);
CREATE INDEX gatehouse_grants_expiry ON gatehouse_grants (expires_at);

CREATE TABLE gatehouse_tokens (
  hash VARCHAR(43) PRIMARY KEY,
  grant_id VARCHAR(100) NOT NULL REFERENCES gatehouse_grants (id) ON DELETE CASCADE,
  kind VARCHAR(10) NOT NULL,
  token_id VARCHAR(100) NOT NULL,
  client_id VARCHAR(1000) NOT NULL,
  subject VARCHAR(1000),
  username VARCHAR(1000),
  scopes VARCHAR(100000) NOT NULL,
  audience VARCHAR(100000) NOT NULL,
  issued_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  not_before TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  expires_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  status VARCHAR(10) NOT NULL,
  rotation_nonce VARCHAR(100),
  rotated_at TIMESTAMP(6) WITH TIME ZONE
);
CREATE INDEX gatehouse_tokens_grant ON gatehouse_tokens (grant_id);
CREATE INDEX gatehouse_tokens_expiry ON gatehouse_tokens (expires_at);

CREATE TABLE gatehouse_codes (
  hash VARCHAR(43) PRIMARY KEY,
  grant_id VARCHAR(100) NOT NULL REFERENCES gatehouse_grants (id) ON DELETE CASCADE,
  client_id VARCHAR(1000) NOT NULL,
  subject VARCHAR(1000) NOT NULL,
  username VARCHAR(1000) NOT NULL,
  scopes VARCHAR(100000) NOT NULL,
  audience VARCHAR(100000) NOT NULL,
  redirect_uri VARCHAR(10000) NOT NULL,
  code_challenge VARCHAR(100) NOT NULL,
  expires_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  redeemed BOOLEAN NOT NULL
);
CREATE INDEX gatehouse_codes_grant ON gatehouse_codes (grant_id);
CREATE INDEX gatehouse_codes_expiry ON gatehouse_codes (expires_at);

-- What may be used once: the hash of a client's assertion, until the assertion expires.
CREATE TABLE gatehouse_used (
  hash VARCHAR(43) PRIMARY KEY,
  expires_at TIMESTAMP(6) WITH TIME ZONE NOT NULL
);
CREATE INDEX gatehouse_used_expiry ON gatehouse_used (expires_at);

CREATE TABLE gatehouse_sessions (
  hash VARCHAR(43) PRIMARY KEY,
  subject VARCHAR(1000) NOT NULL,
  username VARCHAR(1000) NOT NULL,
  expires_at TIMESTAMP(6) WITH TIME ZONE NOT NULL
);
CREATE INDEX gatehouse_sessions_expiry ON gatehouse_sessions (expires_at);

-- Clients that have registered themselves; lists are separated by spaces, which no member can hold.
CREATE TABLE gatehouse_clients (
  id VARCHAR(1000) PRIMARY KEY,
  name VARCHAR(1000) NOT NULL,
  secret_hash VARCHAR(100),
  grant_types VARCHAR(1000) NOT NULL,
  scopes VARCHAR(100000) NOT NULL,
  redirect_uris VARCHAR(100000) NOT NULL,
  auth_methods VARCHAR(1000) NOT NULL,
  jwks VARCHAR(100000),
  self_registered BOOLEAN NOT NULL
);
