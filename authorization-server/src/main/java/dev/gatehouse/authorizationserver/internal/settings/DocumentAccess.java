package dev.gatehouse.authorizationserver.internal.settings;

import java.net.InetAddress;
import java.util.function.Predicate;
import javax.net.ssl.SSLSocketFactory;

/**
 * How documents and keys of clients are fetched.
 *
 * @param tls decides which certificates are trusted
 * @param allowed decides which addresses may be connected to
 */
public record DocumentAccess(SSLSocketFactory tls, Predicate<InetAddress> allowed) {}
