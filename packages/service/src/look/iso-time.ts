/** Nanoseconds since the epoch as ISO 8601, every digit kept. */
export function isoTime(nanoseconds: bigint): string {
  const whole = new Date(Number(nanoseconds / 1_000_000n)).toISOString();
  const fraction = (nanoseconds % 1_000_000_000n).toString().padStart(9, "0");
  return `${whole.slice(0, 19)}.${fraction}Z`;
}
