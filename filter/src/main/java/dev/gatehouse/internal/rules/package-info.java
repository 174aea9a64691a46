/**
 * Checks active tokens: time, issuer, audience, kind of token, scopes.
 *
 * <p>Must not depend on HTTP, servlets or introspection: rules are functions of values.
 */
@NullMarked
package dev.gatehouse.internal.rules;

import org.jspecify.annotations.NullMarked;
