package dev.gatehouse.internal.settings;

import dev.gatehouse.internal.proof.AddressRanges;
import dev.gatehouse.internal.proof.ProofAlgorithm;
import dev.gatehouse.internal.proof.ProofMode;
import dev.gatehouse.internal.proof.ProofSettings;
import dev.gatehouse.internal.proof.ProofSettings.Certificates;
import dev.gatehouse.internal.proof.ProofSettings.Dpop;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the settings about proof of possession. */
final class ProofReader {

  /** RFC 9110 §5.1, without the characters that no header in use has. */
  private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z][A-Za-z0-9-]{0,63}");

  private static final Duration SHORTEST_AGE = Duration.ofSeconds(1);
  private static final Duration LONGEST_AGE = Duration.ofMinutes(5);

  private final RawSettings settings;

  ProofReader(RawSettings settings) {
    this.settings = settings;
  }

  ProofSettings read(String resource, Duration clockSkew) {
    return new ProofSettings(dpop(resource), certificates(), clockSkew);
  }

  private Dpop dpop(String resource) {
    ProofMode mode = settings.parse(Setting.DPOP, ProofMode.REQUIRED, ProofMode::parse);
    if (mode == ProofMode.OFF) {
      refuseUnused(Setting.DPOP_ALGORITHMS, Setting.DPOP);
      refuseUnused(Setting.DPOP_PROOF_AGE, Setting.DPOP);
      refuseUnused(Setting.DPOP_NONCE, Setting.DPOP);
    }
    return new Dpop(
        mode,
        resource,
        algorithms(),
        settings.duration(Setting.DPOP_PROOF_AGE, SHORTEST_AGE, LONGEST_AGE),
        settings.isSecond(Setting.DPOP_NONCE, "off", "on"));
  }

  private List<ProofAlgorithm> algorithms() {
    List<String> names = settings.words(Setting.DPOP_ALGORITHMS);
    return settings.parse(
        Setting.DPOP_ALGORITHMS,
        List.of(),
        text -> names.stream().map(ProofAlgorithm::parse).toList());
  }

  private Certificates certificates() {
    ProofMode mode =
        settings.parse(Setting.MTLS_BOUND_TOKENS, ProofMode.REQUIRED, ProofMode::parse);
    if (mode == ProofMode.OFF) {
      refuseUnused(Setting.CLIENT_CERT_HEADER, Setting.MTLS_BOUND_TOKENS);
      refuseUnused(Setting.CLIENT_CERT_PROXIES, Setting.MTLS_BOUND_TOKENS);
    }
    requireBoth(
        Setting.CLIENT_CERT_HEADER,
        Setting.CLIENT_CERT_PROXIES,
        "write the addresses of the proxies that send the header, such as 10.1.0.0/16");
    requireBoth(
        Setting.CLIENT_CERT_PROXIES,
        Setting.CLIENT_CERT_HEADER,
        "write the header in which the proxies send the certificate, such as Client-Cert");
    return new Certificates(mode, header(), proxies());
  }

  private @Nullable String header() {
    String name = settings.text(Setting.CLIENT_CERT_HEADER);
    if (name != null && !HEADER_NAME.matcher(name).matches()) {
      settings.error(
          Setting.CLIENT_CERT_HEADER,
          "'" + name + "' is not the name of a header; write one such as Client-Cert");
    }
    return name;
  }

  private AddressRanges proxies() {
    List<String> words = settings.words(Setting.CLIENT_CERT_PROXIES);
    return settings.parse(
        Setting.CLIENT_CERT_PROXIES, AddressRanges.NONE, text -> AddressRanges.parse(words));
  }

  private void requireBoth(Setting given, Setting other, String cure) {
    if (settings.isSet(given) && !settings.isSet(other)) {
      settings.error(other, "missing beside " + settings.nameOf(given) + "; " + cure);
    }
  }

  private void refuseUnused(Setting setting, Setting mode) {
    if (settings.isSet(setting)) {
      settings.error(
          setting,
          "has no effect with "
              + settings.nameOf(mode)
              + "=off; set that to accepted or required, or remove this");
    }
  }
}
