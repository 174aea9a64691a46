/**
 * Stores that last as long as the process: for tests, for demos and for a single node.
 *
 * <p>Must not depend on any package of this module but {@code store}, on Servlet or on JDBC.
 */
@NullMarked
package dev.gatehouse.authorizationserver.store.memory;

import org.jspecify.annotations.NullMarked;
