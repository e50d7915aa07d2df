/** Whether a nats-server's version is another one or newer. */
export function isAtLeast(version: string, wanted: string): boolean {
  const [a, b] = [numbers(version), numbers(wanted)];
  for (const [index, part] of b.entries()) {
    const difference = (a[index] ?? 0) - part;
    if (difference !== 0) {
      return difference > 0;
    }
  }
  return true;
}

/**
 * Security advisories name what is below 2.11.15 and, of the 2.12 line, below 2.12.6. With 2.9.10 and 2.10.27 a producer who may
 * publish to one subject and nothing else can purge the stream, by asking for the stream's answer on `$JS.API.STREAM.PURGE.<stream>`.
 */
export function isRecommended(version: string): boolean {
  return isAtLeast(version, "2.12.0") ? isAtLeast(version, "2.12.6") : isAtLeast(version, "2.11.15");
}

function numbers(version: string): number[] {
  return version.split(/[.-]/).slice(0, 3).map(Number);
}
