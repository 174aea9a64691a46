/**
 * Stores in a database, PostgreSQL or H2, so that data survives a restart and several nodes can
 * share it. Needs HikariCP, Flyway and the driver, which are optional dependencies of this module.
 *
 * <p>The only package that uses JDBC. Must not depend on {@code internal} or on Servlet.
 */
@NullMarked
package dev.gatehouse.authorizationserver.store.jdbc;

import org.jspecify.annotations.NullMarked;
