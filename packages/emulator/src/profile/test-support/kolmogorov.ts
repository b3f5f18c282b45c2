/**
 * Whether two samples may come from one distribution, by the test of Kolmogorov and Smirnov: they are told apart wrongly once in a
 * thousand times.
 */
export function mayBeOneDistribution(a: readonly number[], b: readonly number[]): boolean {
  const most = 1.95 * Math.sqrt((a.length + b.length) / (a.length * b.length));
  return distance(a, b) <= most;
}

/** The largest difference between the shares of both that are not above a value. */
function distance(a: readonly number[], b: readonly number[]): number {
  const share = (sample: readonly number[], value: number): number =>
    sample.filter((each) => each <= value).length / sample.length;
  return Math.max(...[...new Set([...a, ...b])].map((value) => Math.abs(share(a, value) - share(b, value))));
}
