package dev.gatehouse.authorizationserver.internal.settings;

import java.net.URI;

/** Recognizes URIs whose host is this machine; requests to them do not leave it. */
public final class LoopbackUris {
  private LoopbackUris() {}

  public static boolean isLoopback(URI uri) {
    String host = uri.getHost();
    return host != null
        && (host.equalsIgnoreCase("localhost")
            || host.equals("[::1]")
            || host.matches("127(\\.\\d{1,3}){3}"));
  }
}
