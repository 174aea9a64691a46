package dev.gatehouse.demo;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The options and the environment that the demo starts with.
 *
 * @param port 0 selects a free port
 * @param data the directory for notes, tokens and logins; empty to keep them in memory
 * @param jwt whether the embedded authorization server issues JWTs, which the filter verifies
 *     itself
 * @param environment all variables; those that begin with {@code GATEHOUSE_} are settings
 */
record DemoOptions(
    String host, int port, Optional<Path> data, boolean jwt, Map<String, String> environment) {

  DemoOptions {
    environment = Map.copyOf(environment);
  }

  /** Disables the self-test at start-up, for a caller that runs it and prints the report. */
  DemoOptions withoutSelfTest() {
    Map<String, String> copy = new HashMap<>(environment);
    copy.put("GATEHOUSE_SELF_TEST", "false");
    return new DemoOptions(host, port, data, jwt, copy);
  }

  /** Omits the environment: some of its variables are secrets. */
  @Override
  public String toString() {
    return "DemoOptions[host=" + host + ", port=" + port + ", data=" + data + ", jwt=" + jwt + "]";
  }
}
