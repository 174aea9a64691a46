package dev.gatehouse;

import java.net.URI;

/** Credentials that stand in a file, perhaps: each request is made with what it holds by then. */
final class RenewedCredentials implements ClientCredentials {

  private final Renewable<ClientCredentials> current;

  RenewedCredentials(Renewable<ClientCredentials> current) {
    this.current = current;
  }

  @Override
  public Attempt<Authentication> authenticate(URI endpoint, Deadline deadline) {
    return current.get().authenticate(endpoint, deadline);
  }

  @Override
  public boolean renewAfter(Authentication refused) {
    return current.isReplaced(refused.source());
  }
}
