package dev.gatehouse.authorizationserver.internal.settings;

/**
 * How clients that are not in the configuration can become known.
 *
 * @param dynamicRegistration whether they may register (RFC 7591)
 * @param metadataDocuments whether the https URL of a client's metadata document is a client id
 * @param documentAccess how documents and keys of clients are fetched
 */
public record ClientAdmission(
    boolean dynamicRegistration, boolean metadataDocuments, DocumentAccess documentAccess) {}
