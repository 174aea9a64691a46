package dev.gatehouse.authorizationserver;

import java.net.URI;

/** Recognizes URIs whose host is this machine; requests to them do not leave it. */
final class LoopbackUris {
  private LoopbackUris() {}

  static boolean isLoopback(URI uri) {
    String host = uri.getHost();
    return host != null
        && (host.equalsIgnoreCase("localhost")
            || host.equals("[::1]")
            || host.matches("127(\\.\\d{1,3}){3}"));
  }
}
