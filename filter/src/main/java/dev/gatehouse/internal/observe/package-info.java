/**
 * Counts requests, measures latency, and publishes both over JMX.
 *
 * <p>Must not depend on what it measures: others call it.
 */
@NullMarked
package dev.gatehouse.internal.observe;

import org.jspecify.annotations.NullMarked;
