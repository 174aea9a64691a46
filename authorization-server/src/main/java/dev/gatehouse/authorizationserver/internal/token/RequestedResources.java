package dev.gatehouse.authorizationserver.internal.token;

import dev.gatehouse.authorizationserver.internal.settings.ResourceIdentifiers;
import dev.gatehouse.authorizationserver.store.OrderedSets;
import java.net.URI;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides the audience of a token (RFC 8707 §2): the requested resources, if all are known, spelled
 * as configured.
 */
public final class RequestedResources {
  private final Map<String, String> known = new LinkedHashMap<>();

  public RequestedResources(Set<String> resources) {
    resources.forEach(
        resource -> known.putIfAbsent(ResourceIdentifiers.canonical(resource), resource));
  }

  public sealed interface Outcome permits Chosen, Refused {}

  public record Chosen(Set<String> resources) implements Outcome {
    public Chosen {
      resources = OrderedSets.copyOf(resources);
    }
  }

  record Refused() implements Outcome {}

  public Outcome choose(@Nullable Collection<URI> asked) {
    if (asked == null || asked.isEmpty()) {
      // Many clients omit the parameter. That is unambiguous only if there is one resource.
      return known.size() == 1 ? new Chosen(Set.copyOf(known.values())) : new Refused();
    }
    return among(asked);
  }

  /** Narrows a grant; without a requested resource, all granted ones. */
  Outcome narrow(@Nullable Collection<URI> asked) {
    return asked == null || asked.isEmpty()
        ? new Chosen(OrderedSets.copyOf(known.values()))
        : among(asked);
  }

  private Outcome among(Collection<URI> asked) {
    Set<String> chosen = new LinkedHashSet<>();
    for (URI uri : asked) {
      String resource = known.get(ResourceIdentifiers.canonical(uri.toString()));
      if (resource == null) {
        return new Refused();
      }
      chosen.add(resource);
    }
    return new Chosen(chosen);
  }
}
