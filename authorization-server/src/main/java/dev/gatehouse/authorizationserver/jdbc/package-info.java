/**
 * Keeps tokens, codes, log-ins and clients in a database, so that they outlive a restart and
 * several nodes can share them: PostgreSQL, or H2 in a file. Needs HikariCP, Flyway and the driver,
 * which are optional dependencies of this module.
 */
@NullMarked
package dev.gatehouse.authorizationserver.jdbc;

import org.jspecify.annotations.NullMarked;
