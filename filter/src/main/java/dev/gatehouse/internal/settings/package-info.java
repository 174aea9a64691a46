/**
 * Reads and validates settings from the builder, init-params and the environment, and reports all
 * errors at once.
 *
 * <p>Must not depend on how a request is handled: it creates values that other packages use.
 */
@NullMarked
package dev.gatehouse.internal.settings;

import org.jspecify.annotations.NullMarked;
