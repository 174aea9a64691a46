package dev.gatehouse.demo;

import picocli.CommandLine.IVersionProvider;

/** The version that the build wrote into the jar's manifest. */
final class BuildVersion implements IVersionProvider {

  static String text() {
    String version = BuildVersion.class.getPackage().getImplementationVersion();
    // Tests and IDEs run class files outside a jar, without a manifest.
    return version == null ? "development" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {"gatehouse-demo " + text()};
  }
}
