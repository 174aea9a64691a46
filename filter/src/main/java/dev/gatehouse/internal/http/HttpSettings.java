package dev.gatehouse.internal.http;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The settings of {@link BoundedHttpClient}.
 *
 * @param requestTimeout of one whole exchange, from the wait for a connection to the last byte
 * @param maxConnections in the pool, in total and to each server
 * @param tls trust and keys, which may change; null for the JVM's own trust store and no
 *     certificate
 * @param proxy chooses the way to each server; null to connect directly
 */
public record HttpSettings(
    Duration connectTimeout,
    Duration requestTimeout,
    int maxConnections,
    @Nullable ReloadedTls tls,
    ForwardProxy.@Nullable Choice proxy) {}
