/**
 * The settings of a server as small records: each class is handed the ones that it needs.
 *
 * <p>Must not depend on the root package, on the other internal packages or on Servlet.
 */
@NullMarked
package dev.gatehouse.authorizationserver.internal.settings;

import org.jspecify.annotations.NullMarked;
