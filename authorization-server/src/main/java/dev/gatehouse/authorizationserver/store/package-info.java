/**
 * The interfaces to implement in order to store tokens, codes, log-ins, clients, users and rate
 * limits elsewhere, and the values that they exchange.
 *
 * <p>Must not depend on any other package of this module, on Servlet or on JDBC.
 */
@NullMarked
package dev.gatehouse.authorizationserver.store;

import org.jspecify.annotations.NullMarked;
