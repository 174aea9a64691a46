package dev.gatehouse.internal.clientauth;

import dev.gatehouse.internal.http.Deadline;
import dev.gatehouse.internal.reload.Reloadable;
import dev.gatehouse.internal.token.Attempt;
import java.net.URI;

/** An authentication whose credentials may be reloaded from a file. */
public final class ReloadedAuthentication implements ClientAuthentication {

  private final Reloadable<ClientAuthentication> current;

  public ReloadedAuthentication(Reloadable<ClientAuthentication> current) {
    this.current = current;
  }

  @Override
  public Attempt<Authentication> authenticate(URI endpoint, Deadline deadline) {
    return current.get().authenticate(endpoint, deadline);
  }

  @Override
  public boolean renewAfter(Authentication refused) {
    return current.hasChangedSince(refused.source());
  }
}
