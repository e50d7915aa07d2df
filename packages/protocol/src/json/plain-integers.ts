const COMMA = 44;
const ZERO = 48;
const NINE = 57;
const MOST_DIGITS = 9;

/**
 * Takes items of the form `12,` while another digit follows, up to `most` in all, and returns the offset behind them. A
 * shortcut for the thousands of thread ids in a large job; whatever looks different is left to the caller.
 */
export function takePlainIntegers(bytes: Uint8Array, from: number, items: number[], most: number): number {
  let start = from;
  while (items.length < most) {
    let i = start;
    let value = 0;
    let byte = bytes[i] as number;
    while (byte >= ZERO && byte <= NINE) {
      value = value * 10 + (byte - ZERO);
      byte = bytes[++i] as number;
    }
    const digits = i - start;
    const usual = digits === 1 || (digits > 1 && digits <= MOST_DIGITS && bytes[start] !== ZERO);
    if (byte !== COMMA || !usual || !isDigit(bytes[i + 1] as number)) {
      break;
    }
    items.push(value);
    start = i + 1;
  }
  return start;
}

export function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}
