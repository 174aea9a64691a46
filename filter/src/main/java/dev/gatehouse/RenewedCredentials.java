package dev.gatehouse;

import java.net.URI;

/** Credentials that stand in a file, perhaps: each request is made with what it holds by then. */
final class RenewedCredentials implements ClientCredentials {

  private final Renewable<ClientCredentials> current;

  RenewedCredentials(Renewable<ClientCredentials> current) {
    this.current = current;
  }

  @Override
  public Prepared prepare(URI endpoint, BearerToken asked, Deadline deadline) {
    return current.get().prepare(endpoint, asked, deadline);
  }

  @Override
  public boolean renewAfter(Prepared.Ready refused) {
    return current.isReplaced(refused.with());
  }
}
