package dev.gatehouse.internal.proof;

import dev.gatehouse.internal.syntax.ServerUri;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The URI of requests as proofs name it in {@code htu} (RFC 9449 §4.3, check 9): the configured
 * resource, never what the {@code Host} header says. Both are compared after normalization (RFC
 * 3986 §6.2.2, §6.2.3), without query and fragment, and without one trailing slash, as the audience
 * is.
 */
final class RequestUri {

  private final String configured;
  private final String normalized;

  RequestUri(String resource) {
    this.configured = resource;
    String uri = normalize(resource);
    if (uri == null) {
      throw new IllegalArgumentException(resource);
    }
    this.normalized = uri;
  }

  boolean matches(String htu) {
    return htu.equals(configured) || normalized.equals(normalize(htu));
  }

  /** Returns null if the text is no absolute http or https URI. */
  static @Nullable String normalize(String text) {
    try {
      URI uri = ServerUri.parse(withoutQueryAndFragment(text), true);
      return ServerUri.origin(uri) + path(uri.getRawPath());
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static String withoutQueryAndFragment(String text) {
    int end = 0;
    while (end < text.length() && text.charAt(end) != '?' && text.charAt(end) != '#') {
      end++;
    }
    return text.substring(0, end);
  }

  /** RFC 3986 §5.2.4, and then without one trailing slash. */
  private static String path(String raw) {
    List<String> segments = new ArrayList<>();
    String[] parts = decodeUnreserved(raw).split("/", -1);
    for (int i = 1; i < parts.length; i++) {
      boolean last = i == parts.length - 1;
      if (parts[i].equals("..") && !segments.isEmpty()) {
        segments.remove(segments.size() - 1);
      }
      if (!parts[i].equals(".") && !parts[i].equals("..")) {
        segments.add(parts[i]);
      } else if (last) {
        segments.add("");
      }
    }
    if (!segments.isEmpty() && segments.get(segments.size() - 1).isEmpty()) {
      segments.remove(segments.size() - 1);
    }
    return segments.isEmpty() ? "" : "/" + String.join("/", segments);
  }

  /** RFC 3986 §6.2.2.1 and §6.2.2.2: digits in upper case, unreserved characters as they are. */
  private static String decodeUnreserved(String raw) {
    if (raw.indexOf('%') < 0) {
      return raw;
    }
    StringBuilder path = new StringBuilder(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      if (raw.charAt(i) != '%') {
        path.append(raw.charAt(i));
        continue;
      }
      String hex = raw.substring(i + 1, i + 3); // URI refuses anything but two digits
      char c = (char) Integer.parseInt(hex, 16);
      boolean unreserved =
          (c >= 'A' && c <= 'Z')
              || (c >= 'a' && c <= 'z')
              || (c >= '0' && c <= '9')
              || "-._~".indexOf(c) >= 0;
      path.append(unreserved ? String.valueOf(c) : "%" + hex.toUpperCase(Locale.ROOT));
      i += 2;
    }
    return path.toString();
  }
}
