package dev.gatehouse.bench;

/**
 * The result of a load generator.
 *
 * @param requests the number of responses
 * @param seconds the duration
 * @param p50Micros the median response time
 * @param p99Micros the 99th percentile of the response time
 * @param errors the number of responses other than 200 and of broken connections
 */
record Load(long requests, double seconds, double p50Micros, double p99Micros, long errors) {

  double perSecond() {
    return requests / seconds;
  }
}
