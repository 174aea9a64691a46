package dev.gatehouse.authorizationserver.store;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A client as the authorization server knows it (RFC 7591 §2), or a resource server that
 * introspects tokens. Immutable; contains only the hash of its secret.
 */
public final class RegisteredClient {
  /**
   * The client authentication methods that this server supports, in the order in which its metadata
   * lists them.
   */
  public static final Set<String> AUTH_METHODS =
      OrderedSets.copyOf(
          List.of("client_secret_basic", "client_secret_post", "private_key_jwt", "none"));

  private final String id;
  private final @Nullable ClientSecretHash secretHash;
  private final String name;
  private final Set<String> grantTypes;
  private final Set<String> scopes;
  private final Set<String> redirectUris;
  private final Set<String> authMethods;
  private final Set<String> resources;
  private final Set<String> alsoIntrospects;
  private final @Nullable String jwks;
  private final @Nullable String jwksUri;
  private final boolean selfRegistered;
  private final boolean dpopBoundAccessTokens;
  private final boolean certificateBoundAccessTokens;

  private RegisteredClient(Builder builder) {
    this.id = builder.id;
    this.secretHash = builder.secretHash;
    this.name = builder.name == null ? builder.id : builder.name;
    this.grantTypes = OrderedSets.copyOf(builder.grantTypes);
    this.scopes = OrderedSets.copyOf(builder.scopes);
    this.redirectUris = OrderedSets.copyOf(builder.redirectUris);
    this.authMethods = OrderedSets.copyOf(builder.authMethods());
    this.resources = OrderedSets.copyOf(builder.resources);
    this.alsoIntrospects = OrderedSets.copyOf(builder.alsoIntrospects);
    this.jwks = builder.jwks;
    this.jwksUri = builder.jwksUri;
    this.selfRegistered = builder.selfRegistered;
    this.dpopBoundAccessTokens = builder.dpopBoundAccessTokens;
    this.certificateBoundAccessTokens = builder.certificateBoundAccessTokens;
    List<String> wrong = ClientRules.broken(this);
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", wrong));
    }
  }

  /**
   * Starts the settings of a client.
   *
   * @param id the {@code client_id}
   * @return a builder for a client without any permission
   */
  public static Builder builder(String id) {
    return new Builder(id);
  }

  /**
   * Gives the {@code client_id}.
   *
   * @return the id
   */
  public String id() {
    return id;
  }

  /**
   * Returns the name for people.
   *
   * @return the name, the id when there is none
   */
  public String name() {
    return name;
  }

  /**
   * Gives the grant types that the client may use.
   *
   * @return registered names, such as {@code client_credentials}
   */
  public Set<String> grantTypes() {
    return grantTypes;
  }

  /**
   * Gives the scopes that the client may ask for.
   *
   * @return scope tokens (RFC 6749 §3.3)
   */
  public Set<String> scopes() {
    return scopes;
  }

  /**
   * Returns the redirect URIs.
   *
   * @return absolute URIs, compared exactly but for the port on loopback
   */
  public Set<String> redirectUris() {
    return redirectUris;
  }

  /**
   * Returns the client's authentication methods.
   *
   * @return registered names, such as {@code client_secret_basic}
   */
  public Set<String> authMethods() {
    return authMethods;
  }

  /**
   * Returns the resources of this resource server.
   *
   * @return resource URIs; empty for a client that is no resource server
   */
  public Set<String> resources() {
    return resources;
  }

  /**
   * Tells whether this is a resource server, which alone may introspect (RFC 7662 §2.1).
   *
   * @return false for an ordinary client
   */
  public boolean mayIntrospect() {
    return !resources.isEmpty();
  }

  /**
   * Returns further resources whose tokens this resource server may introspect.
   *
   * @return resource URIs
   */
  public Set<String> alsoIntrospects() {
    return alsoIntrospects;
  }

  /**
   * Returns the keys that verify the client's assertions (RFC 7591 §2).
   *
   * @return a JWK set in JSON with public keys only; empty when the client has none, or gives their
   *     address instead
   */
  public Optional<String> jwks() {
    return Optional.ofNullable(jwks);
  }

  /**
   * Returns the address of the keys that verify the client's assertions (RFC 7591 §2).
   *
   * @return an https URL of a JWK set; empty when the client has no keys, or gives them itself
   */
  public Optional<String> jwksUri() {
    return Optional.ofNullable(jwksUri);
  }

  /**
   * Tells whether the client supplied its metadata itself, so that its name is not verified.
   *
   * @return true after dynamic registration and for a client ID metadata document
   */
  public boolean selfRegistered() {
    return selfRegistered;
  }

  /**
   * Tells whether the client always proves the possession of a key (RFC 9449 §5.2).
   *
   * @return true when its token requests without a DPoP proof are refused
   */
  public boolean dpopBoundAccessTokens() {
    return dpopBoundAccessTokens;
  }

  /**
   * Tells whether the client's access tokens are bound to its TLS certificate (RFC 8705 §3.4).
   *
   * @return true when its token requests without a certificate are refused
   */
  public boolean certificateBoundAccessTokens() {
    return certificateBoundAccessTokens;
  }

  /**
   * Returns the hash of the secret, for a registry that stores it.
   *
   * @return empty for a client without a secret
   */
  public Optional<String> secretHash() {
    return Optional.ofNullable(secretHash).map(ClientSecretHash::value);
  }

  /**
   * Compares a secret with the client's, in constant time.
   *
   * @param presented the secret that a caller sent
   * @return false also for a client without a secret
   */
  public boolean hasSecret(String presented) {
    return secretHash != null && secretHash.matches(id, presented);
  }

  /**
   * Tells whether the client may use a grant type.
   *
   * @param grantType a registered name, such as {@code refresh_token}
   * @return true when it is among {@link #grantTypes}
   */
  public boolean mayUse(String grantType) {
    return grantTypes.contains(grantType);
  }

  /** Contains the id and the permissions; neither the secret nor its hash. */
  @Override
  public String toString() {
    return "RegisteredClient[" + id + ", " + grantTypes + ", " + scopes + ", " + resources + "]";
  }

  /** Collects a client's metadata. Not thread-safe. */
  public static final class Builder {
    private final String id;
    private final Set<String> grantTypes = new LinkedHashSet<>();
    private final Set<String> scopes = new LinkedHashSet<>();
    private final Set<String> redirectUris = new LinkedHashSet<>();
    private final Set<String> authMethods = new LinkedHashSet<>();
    private final Set<String> resources = new LinkedHashSet<>();
    private final Set<String> alsoIntrospects = new LinkedHashSet<>();
    private @Nullable ClientSecretHash secretHash;
    private @Nullable String name;
    private @Nullable String jwks;
    private @Nullable String jwksUri;
    private boolean selfRegistered;
    private boolean dpopBoundAccessTokens;
    private boolean certificateBoundAccessTokens;

    private Builder(String id) {
      this.id = requireNonNull(id, "id");
    }

    /**
     * Sets the secret, of which only the hash is stored.
     *
     * @param secret random, 128 bits or more; a client without a secret is public
     * @return this
     * @throws IllegalArgumentException when it contains control characters
     */
    public Builder secret(String secret) {
      if (!SecretText.isUnambiguous(secret)) {
        throw new IllegalArgumentException(
            "secret: contains control characters or halves of surrogate pairs; write one without"
                + " them");
      }
      this.secretHash = ClientSecretHash.of(id, secret);
      return this;
    }

    /**
     * Sets the name for people.
     *
     * @param name shown on the consent page; the id when not set
     * @return this
     */
    public Builder name(String name) {
      this.name = name;
      return this;
    }

    /**
     * Allows grant types.
     *
     * @param names registered names, such as {@code client_credentials}; none when not set
     * @return this
     */
    public Builder grantTypes(String... names) {
      grantTypes.addAll(Arrays.asList(names));
      return this;
    }

    /**
     * Allows scopes.
     *
     * @param names scope tokens (RFC 6749 §3.3); none when not set
     * @return this
     */
    public Builder scopes(String... names) {
      scopes.addAll(Arrays.asList(names));
      return this;
    }

    /**
     * Allows redirect URIs.
     *
     * @param uris absolute and in ASCII, without user information and fragment, with a port from 1
     *     to 65535 or none, compared exactly but for the port on loopback; none when not set
     * @return this
     */
    public Builder redirectUris(String... uris) {
      redirectUris.addAll(Arrays.asList(uris));
      return this;
    }

    /**
     * Restricts the client's authentication methods.
     *
     * @param names registered names (RFC 7591 §2); when not set, {@code client_secret_basic} and
     *     {@code client_secret_post} for a client with a secret, {@code private_key_jwt} for one
     *     with keys, {@code none} for one with neither
     * @return this
     */
    public Builder authMethods(String... names) {
      authMethods.addAll(Arrays.asList(names));
      return this;
    }

    /**
     * Makes this a resource server, which may introspect only tokens for these resources (RFC 7662
     * §2.1).
     *
     * @param uris its resources; the case of scheme and host, the default port and one slash at the
     *     end make no difference
     * @return this
     */
    public Builder resourceServerFor(String... uris) {
      resources.addAll(Arrays.asList(uris));
      return this;
    }

    /**
     * Lets this resource server also introspect tokens for resources of others, as a gateway or an
     * auditor has to.
     *
     * @param uris resource URIs; none when not set
     * @return this
     */
    public Builder mayAlsoIntrospect(String... uris) {
      alsoIntrospects.addAll(Arrays.asList(uris));
      return this;
    }

    /**
     * Sets the public keys for {@code private_key_jwt} (RFC 7523).
     *
     * @param jwks a JWK set in JSON: one to four public keys, RSA of 2048 to 4096 bits or EC, each
     *     with a {@code kid} of its own if there are several
     * @return this
     */
    public Builder jwks(@Nullable String jwks) {
      this.jwks = jwks;
      return this;
    }

    /**
     * Sets the address of the public keys for {@code private_key_jwt}, in place of {@link #jwks}.
     * The server fetches them when it needs them, and again when they are too old or do not verify
     * an assertion.
     *
     * @param url an https URL, on a public address, of a JWK set
     * @return this
     */
    public Builder jwksUri(@Nullable String url) {
      this.jwksUri = url;
      return this;
    }

    /**
     * Marks the client's metadata as not verified, which the consent page then shows.
     *
     * @param selfRegistered false when not set
     * @return this
     */
    public Builder selfRegistered(boolean selfRegistered) {
      this.selfRegistered = selfRegistered;
      return this;
    }

    /**
     * Requires a DPoP proof with each token request (RFC 9449 §5.2), so that all access tokens of
     * the client are bound to its key.
     *
     * @param required false when not set: the client may send a proof
     * @return this
     */
    public Builder dpopBoundAccessTokens(boolean required) {
      this.dpopBoundAccessTokens = required;
      return this;
    }

    /**
     * Binds all access tokens of the client to the TLS certificate that it sends with its token
     * requests (RFC 8705 §3). The container must request certificates.
     *
     * @param required false when not set: certificates are ignored
     * @return this
     */
    public Builder certificateBoundAccessTokens(boolean required) {
      this.certificateBoundAccessTokens = required;
      return this;
    }

    /**
     * Sets the secret by its hash, as returned by {@link RegisteredClient#secretHash}.
     *
     * @param hash the hash, {@code null} for none
     * @return this
     */
    public Builder secretHash(@Nullable String hash) {
      this.secretHash = hash == null ? null : new ClientSecretHash(hash);
      return this;
    }

    /**
     * Builds the client.
     *
     * @return immutable
     * @throws IllegalArgumentException naming every error and its fix
     */
    public RegisteredClient build() {
      return new RegisteredClient(this);
    }

    private Set<String> authMethods() {
      if (!authMethods.isEmpty()) {
        return authMethods;
      }
      if (secretHash == null) {
        return Set.of(jwks == null && jwksUri == null ? "none" : "private_key_jwt");
      }
      return OrderedSets.copyOf(List.of("client_secret_basic", "client_secret_post"));
    }
  }
}
