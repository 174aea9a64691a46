package dev.gatehouse.authorizationserver.internal.settings;

import dev.gatehouse.authorizationserver.store.MutableClientRegistry;
import dev.gatehouse.authorizationserver.store.ScopeNames;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All settings of a server, checked once. Only the classes that assemble the server read this
 * record; every other class gets the part it needs.
 *
 * @param identity the issuer and what it issues tokens for
 * @param stores where data is kept
 * @param lifetimes how long data is kept
 * @param admission how new clients can introduce themselves
 * @param limits the rate limits
 * @param scopeDescriptions texts for the consent page, by scope token
 * @param passwordAcr the {@code acr} of log-ins, which are all by password (RFC 9470 §6)
 * @param forwardedForDepth how many proxies in front append to {@code X-Forwarded-For}
 * @param signing what is signed with which keys
 * @param certificateBoundTokens whether TLS lets clients have tokens that are bound to certificates
 * @param clock the time
 */
public record ServerSettings(
    ServerIdentity identity,
    Stores stores,
    Lifetimes lifetimes,
    ClientAdmission admission,
    ServerRateLimits limits,
    Map<String, String> scopeDescriptions,
    String passwordAcr,
    int forwardedForDepth,
    SigningSettings signing,
    boolean certificateBoundTokens,
    InstantSource clock) {
  /** What SAML calls a password that is sent over TLS; OpenID Connect Core §2 wants a URI. */
  public static final String DEFAULT_PASSWORD_ACR =
      "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";

  private static final int MAX_PROXIES = 100;
  private static final int MAX_ACR = 1_000;

  public ServerSettings {
    scopeDescriptions = Map.copyOf(scopeDescriptions);
    List<String> errors = new ArrayList<>(identity.errors());
    errors.addAll(stores.errors());
    errors.addAll(lifetimes.errors());
    errors.addAll(signing.errors());
    // It is a member of space-separated lists and of quoted strings, as a scope token is.
    if (!ScopeNames.isLegal(passwordAcr) || passwordAcr.length() > MAX_ACR) {
      errors.add(
          "passwordAcr: \""
              + passwordAcr
              + "\" is not an authentication context class; write a URI such as "
              + DEFAULT_PASSWORD_ACR);
    }
    if (forwardedForDepth < 0 || forwardedForDepth > MAX_PROXIES) {
      errors.add(
          "forwardedForDepth: "
              + forwardedForDepth
              + " is not a number of proxies; write 0 to "
              + MAX_PROXIES);
    }
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", errors));
    }
  }

  /** The registry that new clients register in; empty when they may not register. */
  public Optional<MutableClientRegistry> registrationRegistry() {
    return admission.dynamicRegistration() && stores.users().isPresent()
        ? stores.selfRegisteredClients()
        : Optional.empty();
  }
}
