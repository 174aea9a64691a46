/**
 * Verifies tokens: cache, single flight, limits, the selection of the authorization server, and the
 * ways to verify its tokens.
 *
 * <p>Must not depend on servlets or settings. Of HTTP, it uses only the deadline of a verification.
 *
 * <p>What can delay, repeat or refuse a verification, in the order in which a request meets it:
 *
 * <table>
 * <caption>Limits, waits, retries and pauses</caption>
 * <tr><th>what</th><th>effect</th><th>setting</th></tr>
 * <tr><td>{@code ServerSelection}</td><td>no server issues such tokens: 401</td>
 *     <td>{@code servers}, {@code token-prefix}, {@code server-selection}</td></tr>
 * <tr><td>{@code ResultCache}</td><td>a fresh result: no verification</td>
 *     <td>{@code cache-ttl}, {@code cache-inactive-ttl}, {@code cache-max-entries},
 *     {@code cache-max-bytes}</td></tr>
 * <tr><td>{@code SingleFlight}</td><td>waits for the verification of the same token that is under
 *     way; until it ends for as many requests as may introspect, up to 1 s for others, not at all
 *     while the server is unresponsive or introspections hang: then 503</td>
 *     <td>{@code request-timeout}, {@code max-concurrent-introspections}</td></tr>
 * <tr><td>{@code BadTokenLimit}</td><td>too many bad tokens from one client address: 429</td>
 *     <td>{@code max-bad-tokens-per-minute}</td></tr>
 * <tr><td>{@code JwtVerifier}</td><td>with known keys, verifies a JWT at once, without any of the
 *     following</td><td>{@code token-validation}</td></tr>
 * <tr><td>{@code Bulkhead}</td><td>waits up to 1 s for a permit, up to 0.1 s while introspections
 *     hang, not at all while the server is unresponsive: then 503</td><td>{@code max-concurrent-introspections}</td></tr>
 * <tr><td>{@code AdaptiveLimit}</td><td>no response to any introspection for 1 s: allows half as
 *     many as there are blocked threads, cuts longer ones short and sends waiting requests away,
 *     with 503; until no cut for 3 s. Fast responses raise the limit</td>
 *     <td>none; {@code max-concurrent-introspections} is the upper limit</td></tr>
 * <tr><td>{@code Bulkhead}</td><td>a token whose introspection was cut short within the last 10 s:
 *     one of them at a time, 503 for others at once</td><td>none</td></tr>
 * <tr><td>{@code ServerKeys}</td><td>fetches keys first, shared by all; not again for 3 s after a
 *     failure, nor for 30 s because of an unknown key</td><td>{@code jwks-uri}</td></tr>
 * <tr><td>{@code VerifierThreads}</td><td>a custom verifier has no free thread: 503</td>
 *     <td>{@code max-concurrent-introspections}</td></tr>
 * <tr><td>{@code EndpointCircuitBreaker}</td><td>open: the next endpoint, or 503 at once</td>
 *     <td>{@code breaker-wait}</td></tr>
 * <tr><td>{@code DiscoverableEndpoint}</td><td>fetches the metadata first, shared by all;
 *     not again for 3 s after a failure</td>
 *     <td>{@code issuer}, {@code introspection-endpoint}</td></tr>
 * <tr><td>{@code BearerAuthentication}</td><td>fetches our own access token first, shared by
 *     all; not again for 3 s after a failure</td><td>{@code client-auth-method}</td></tr>
 * <tr><td>{@code BoundedHttpClient}</td><td>connects, and ends the exchange at the
 *     deadline</td><td>{@code connect-timeout}, {@code request-timeout}</td></tr>
 * <tr><td>{@code ProxyTunnel}</td><td>waits for the proxy to connect to the server</td>
 *     <td>{@code proxy}, {@code connect-timeout}</td></tr>
 * <tr><td>{@code RetryingSender}</td><td>sends once more, after up to 0.1 s, if a connection failed
 *     before a response began, also that of a proxy to the server</td><td>none</td></tr>
 * <tr><td>{@code IntrospectionClient}</td><td>sends once more, with reloaded credentials, if the
 *     server refused ours</td><td>{@code client-secret-file} and other files</td></tr>
 * <tr><td>{@code Introspector}</td><td>tries the next endpoint after a failure</td>
 *     <td>{@code introspection-endpoint}</td></tr>
 * <tr><td>{@code DenyList}</td><td>a JWT that was verified locally has been evicted: 401</td>
 *     <td>none</td></tr>
 * <tr><td>{@code ResultCache}</td><td>a stale result instead of 503, during an outage</td>
 *     <td>{@code stale-while-unavailable}</td></tr>
 * </table>
 */
@NullMarked
package dev.gatehouse.internal.verify;

import org.jspecify.annotations.NullMarked;
