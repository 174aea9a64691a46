/**
 * What the filter itself serves: the protected resource metadata, forwarded authorization server
 * metadata, and the eviction endpoint.
 *
 * <p>Must not depend on settings, or on how a token is introspected: it only evicts from the cache.
 */
@NullMarked
package dev.gatehouse.internal.endpoint;

import org.jspecify.annotations.NullMarked;
