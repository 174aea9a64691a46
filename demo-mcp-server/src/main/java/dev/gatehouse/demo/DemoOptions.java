package dev.gatehouse.demo;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the demo is started with.
 *
 * @param port 0 for a free one
 * @param data the directory that keeps notes, tokens and log-ins; in memory when empty
 * @param environment all of it; the variables that begin with {@code GATEHOUSE_} are settings
 */
record DemoOptions(String host, int port, Optional<Path> data, Map<String, String> environment) {

  DemoOptions {
    environment = Map.copyOf(environment);
  }

  /** The same, for when the report is asked for and need not be logged as well. */
  DemoOptions withoutSelfTest() {
    Map<String, String> with = new HashMap<>(environment);
    with.put("GATEHOUSE_SELF_TEST", "false");
    return new DemoOptions(host, port, data, with);
  }

  /** Names no variable of the environment: some are secrets. */
  @Override
  public String toString() {
    return "DemoOptions[host=" + host + ", port=" + port + ", data=" + data + "]";
  }
}
