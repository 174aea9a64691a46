-- How often somebody has tried, counted by all nodes together: until when (in microseconds since
-- 1970) his tries weigh. Nothing is lost with it that matters, so it is not written ahead; and full_at
-- has no index, so that an update stays within its page.
CREATE UNLOGGED TABLE gatehouse_limits (
  id VARCHAR(43) PRIMARY KEY,
  full_at BIGINT NOT NULL
) WITH (fillfactor = 50);
