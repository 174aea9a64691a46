package dev.gatehouse.authorizationserver.internal.settings;

import static java.util.Objects.requireNonNull;

import com.nimbusds.oauth2.sdk.GrantType;
import dev.gatehouse.authorizationserver.store.ClientRegistry;
import dev.gatehouse.authorizationserver.store.MutableClientRegistry;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.SessionStore;
import dev.gatehouse.authorizationserver.store.TokenStore;
import dev.gatehouse.authorizationserver.store.UserStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where tokens, log-ins, clients and users are stored.
 *
 * @param tokens the tokens and authorization codes
 * @param sessions the log-ins
 * @param configuredClients the clients; required, {@code null} only until it is checked
 * @param configuredUsers the users; {@code null} when clients only act for themselves
 */
public record Stores(
    TokenStore tokens,
    SessionStore sessions,
    @Nullable ClientRegistry configuredClients,
    @Nullable UserStore configuredUsers) {

  /**
   * Lists every missing store, one line each; {@link ServerSettings} refuses to be built with any.
   */
  List<String> errors() {
    return configuredClients == null
        ? List.of(
            "clientRegistry: is missing; write new InMemoryClientRegistry(…) with your clients")
        : List.of();
  }

  public ClientRegistry clients() {
    return requireNonNull(configuredClients, "checked by Settings");
  }

  /** Empty when users cannot log in and clients only act for themselves. */
  public Optional<UserStore> users() {
    return Optional.ofNullable(configuredUsers);
  }

  /** The grant types that can be used: only a user can give consent (RFC 6749 §4.1). */
  public List<GrantType> grantTypes() {
    return configuredUsers == null
        ? List.of(GrantType.CLIENT_CREDENTIALS)
        : List.of(
            GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN, GrantType.CLIENT_CREDENTIALS);
  }

  /** Whether the user still exists; a removed user's sessions, codes and tokens must not work. */
  public boolean userExists(@Nullable String subject, @Nullable String username) {
    return username != null
        && users()
            .flatMap(users -> users.find(username))
            .filter(user -> user.subject().equals(subject))
            .isPresent();
  }

  /** The registry of self-registered clients, also when registration is turned off by now. */
  public Optional<MutableClientRegistry> selfRegisteredClients() {
    return configuredClients instanceof MutableClientRegistry open
        ? Optional.of(open)
        : Optional.empty();
  }

  /** Records that a user lets the client act, so that a self-registered client is kept. */
  public void recordUse(RegisteredClient client, Instant now) {
    selfRegisteredClients().ifPresent(registry -> registry.recordUse(client.id(), now));
  }
}
