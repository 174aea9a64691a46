package dev.gatehouse.bench;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** The filters alone, under JMH with its allocation profiler. */
final class JmhPart {

  /** System property by which a forked JVM learns where the stub is. */
  static final String STUB_PORT = "gatehouse.bench.stub";

  private JmhPart() {}

  public static void main(String[] args) throws Exception {
    try (Child stub =
        Child.start(
            java.nio.file.Path.of(System.getProperty("java.home")),
            java.util.List.of("-Xmx64m"),
            IntrospectionStub.class)) {
      run(stub.port(), args[0]);
    }
  }

  static void run(int stubPort, String include) throws RunnerException {
    new Runner(
            new OptionsBuilder()
                .include(include)
                .addProfiler(GCProfiler.class)
                .addProfiler(CpuProfiler.class)
                .jvmArgsAppend("-D" + STUB_PORT + "=" + stubPort, "-Xmx512m")
                .forks(1)
                .warmupIterations(4)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(5)
                .measurementTime(TimeValue.seconds(1))
                .build())
        .run();
  }
}
