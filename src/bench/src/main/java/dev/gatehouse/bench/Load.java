package dev.gatehouse.bench;

/**
 * What a generator has seen.
 *
 * @param requests answered
 * @param seconds that it took
 * @param p50Micros half of the answers came within this time
 * @param p99Micros all but a hundredth of them did
 * @param errors answers other than 200, and connections that broke
 */
record Load(long requests, double seconds, double p50Micros, double p99Micros, long errors) {

  double perSecond() {
    return requests / seconds;
  }
}
