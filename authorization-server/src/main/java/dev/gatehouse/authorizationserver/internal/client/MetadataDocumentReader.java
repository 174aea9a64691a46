package dev.gatehouse.authorizationserver.internal.client;

import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.client.ClientMetadata;
import com.nimbusds.oauth2.sdk.util.JSONObjectUtils;
import dev.gatehouse.authorizationserver.internal.endpoint.UntrustedInput;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import java.util.Optional;
import java.util.Set;
import net.minidev.json.JSONObject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a fetched client ID metadata document. */
final class MetadataDocumentReader {
  private static final Logger LOG = LoggerFactory.getLogger(MetadataDocumentReader.class);

  private final Set<String> scopesSupported;

  MetadataDocumentReader(Set<String> scopesSupported) {
    this.scopesSupported = scopesSupported;
  }

  /** Returns the client that the document describes, empty if it is invalid. */
  Optional<RegisteredClient> read(String clientId, String body) {
    try {
      JSONObject document =
          UntrustedInput.parse("metadata document", () -> JSONObjectUtils.parse(body));
      MetadataMembers.removeEmpty(document);
      // The draft, section 4: the document must name its own URL and must not contain a secret,
      // since it is public.
      if (!clientId.equals(document.get("client_id")) || document.containsKey("client_secret")) {
        return Optional.empty();
      }
      document.remove("client_id");
      ClientMetadataPolicy.Outcome outcome =
          ClientMetadataPolicy.check(
              UntrustedInput.parse("metadata document", () -> ClientMetadata.parse(document)),
              scopesSupported,
              SuppliedAuthentication.Source.DOCUMENT);
      if (outcome instanceof ClientMetadataPolicy.Accepted accepted) {
        return Optional.of(accepted.client(clientId).build());
      }
      if (outcome instanceof ClientMetadataPolicy.Refused refused) {
        LOG.info(
            "no valid client metadata document at {}: {}",
            clientId,
            refused.error().getDescription());
      }
      return Optional.empty();
    } catch (ParseException e) {
      return Optional.empty();
    }
  }
}
