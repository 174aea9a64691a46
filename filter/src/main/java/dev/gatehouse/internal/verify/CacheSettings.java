package dev.gatehouse.internal.verify;

import java.time.Duration;

/**
 * The settings of {@link ResultCache}.
 *
 * @param ttl how long an active result is fresh; zero keeps no results
 * @param inactiveTtl how long an inactive result is fresh; zero keeps no inactive results
 * @param maxEntries how many active results are kept
 * @param maxBytes how many bytes of heap they may take, as estimated; at most {@link
 *     Integer#MAX_VALUE}
 * @param staleWhileUnavailable how long an expired active result may be used during an outage; zero
 *     for never
 * @param remembersActive whether to remember for ten minutes which tokens were active, for the
 *     limit on bad tokens
 */
public record CacheSettings(
    Duration ttl,
    Duration inactiveTtl,
    int maxEntries,
    long maxBytes,
    Duration staleWhileUnavailable,
    boolean remembersActive) {}
