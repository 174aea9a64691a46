package dev.gatehouse.internal.stream;

import java.time.Duration;

/**
 * How open streams are checked.
 *
 * @param recheck how often the token of a stream is verified again; zero for never
 * @param sessionUse how often an open stream counts as a use of its session
 */
public record StreamSettings(Duration recheck, Duration sessionUse) {}
