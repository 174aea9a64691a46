package dev.gatehouse.internal.settings;

import dev.gatehouse.internal.http.ForwardProxy;
import dev.gatehouse.internal.http.JvmProxies;
import dev.gatehouse.internal.http.ProxyCredentials;
import dev.gatehouse.internal.http.ProxyException;
import dev.gatehouse.internal.introspection.ServerConnection;
import dev.gatehouse.internal.reload.Reloadable;
import dev.gatehouse.internal.reload.SettingFile;
import dev.gatehouse.internal.syntax.ServerUri;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the forward proxy to the authorization servers. */
final class ProxyReader {

  private static final String JVM = "jvm";

  /** Names of services in container networks may have underscores. */
  private static final String LABEL = "[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?";

  private static final Pattern ADDRESS =
      Pattern.compile(
          "(?i)http://(%1$s(?:\\.%1$s)*|\\[[0-9a-f:.]+]):([0-9]{1,5})/?".formatted(LABEL));

  private static final int MAX_PORT = 65_535;

  private final RawSettings settings;

  ProxyReader(RawSettings settings) {
    this.settings = settings;
  }

  /**
   * Reads the settings.
   *
   * @param servers to each of which there must be a way, as far as the settings contain addresses
   * @return the way to each server, which is direct on loopback: to a proxy, such a name means
   *     another machine; null without a proxy, and after an error
   */
  ForwardProxy.@Nullable Choice read(List<ServerConnection> servers) {
    if (!settings.isSet(Setting.PROXY)) {
      if (settings.isSet(Setting.PROXY_CREDENTIALS_FILE)) {
        settings.error(
            Setting.PROXY,
            "missing; set it, or remove " + Setting.PROXY_CREDENTIALS_FILE.kebabName());
      }
      return null;
    }
    Reloadable<ProxyCredentials> credentials =
        settings.isSet(Setting.PROXY_CREDENTIALS_FILE)
            ? settings.fromFiles(
                List.of(Setting.PROXY_CREDENTIALS_FILE),
                contents -> ProxyCredentials.parse(SettingFile.oneLine(contents.get(0))))
            : null;
    ForwardProxy.Choice choice = choice(String.valueOf(settings.text(Setting.PROXY)), credentials);
    if (choice == null) {
      return null;
    }
    ForwardProxy.Choice exceptLoopback =
        server -> ServerUri.isLoopback(server) ? null : choice.proxyFor(server);
    servers.stream()
        .flatMap(ProxyReader::addresses)
        .forEach(address -> check(exceptLoopback, address));
    return exceptLoopback;
  }

  private ForwardProxy.@Nullable Choice choice(
      String text, @Nullable Reloadable<ProxyCredentials> credentials) {
    if (text.equals(JVM)) {
      return new JvmProxies(credentials);
    }
    Matcher address = ADDRESS.matcher(text);
    int port = address.matches() ? Integer.parseInt(address.group(2)) : 0;
    if (port < 1 || port > MAX_PORT || !isHost(address.group(1))) {
      settings.error(Setting.PROXY, problem(text.toLowerCase(Locale.ROOT)));
      return null;
    }
    ForwardProxy proxy = new ForwardProxy(address.group(1), port, credentials);
    return server -> proxy;
  }

  /** Whether a name, or what is between brackets, is one of a host. */
  private static boolean isHost(String text) {
    return !text.startsWith("[") || ServerUri.isAbsolute("http://" + text);
  }

  /** Does not repeat the text, which may contain a password. */
  private static String problem(String text) {
    if (text.contains("@")) {
      return "has user information; remove it, and write user:password into a file for"
          + " proxy-credentials-file";
    }
    if (text.startsWith("https:")) {
      return "is an https proxy, which is not supported; write its http address: https to the"
          + " authorization server stays encrypted from end to end";
    }
    if (text.startsWith("socks")) {
      return "is a SOCKS proxy, which is not supported; write the address of an HTTP proxy";
    }
    return "is not of the form http://proxy.example.com:3128, with a port and without a path;"
        + " write that, or jvm for the JVM's proxy settings";
  }

  private void check(ForwardProxy.Choice choice, URI server) {
    try {
      var unused = choice.proxyFor(server);
    } catch (ProxyException e) {
      settings.error(Setting.PROXY, e.problem());
    }
  }

  private static Stream<URI> addresses(ServerConnection server) {
    return Stream.of(
            Stream.ofNullable(server.server().issuer()).map(URI::create),
            server.introspectionEndpoints().stream(),
            Stream.ofNullable(server.tokenEndpoint()),
            Stream.ofNullable(server.jwt().jwksUri()))
        .flatMap(Function.identity());
  }
}
