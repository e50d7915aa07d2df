const hexadecimal = /^(-?)0[xX]([\da-fA-F_]*)(?:\.([\da-fA-F_]*))?[pP]([+-]?[\d_]+)$/;
const decimal = /^-?([\d_]*)(?:\.([\d_]*))?(?:[eE][+-]?[\d_]+)?$/;

/**
 * The rarer spellings of a float that Go's strconv.ParseFloat, and so the reference decoder, accepts: hexadecimal
 * (`0x1.8p3`) and digits grouped by underscores (`1_000.5`). Undefined when the text is no number.
 */
export function parseGoFloat(text: string): number | undefined {
  const hex = hexadecimal.exec(text);
  if (hex !== null) {
    return underscoresFit(text.replace(/0[xX]/, "0"), /[\da-fA-F]/) ? hexFloat(hex) : undefined;
  }
  const plain = decimal.exec(text);
  if (plain === null || `${plain[1]}${plain[2] ?? ""}` === "" || !underscoresFit(text, /\d/)) {
    return undefined;
  }
  return Number(text.replaceAll("_", ""));
}

/** Whether every underscore stands between two digits. */
function underscoresFit(text: string, digit: RegExp): boolean {
  for (let i = text.indexOf("_"); i >= 0; i = text.indexOf("_", i + 1)) {
    if (!digit.test(text.charAt(i - 1)) || !digit.test(text.charAt(i + 1))) {
      return false;
    }
  }
  return true;
}

function hexFloat(match: RegExpExecArray): number | undefined {
  const part = (match[3] ?? "").replaceAll("_", "");
  const digits = `${match[2]}${part}`.replaceAll("_", "");
  if (digits === "") {
    return undefined;
  }
  const significant = digits.replace(/^0+/, "");
  // 32 digits decide the rounding, together with whether anything stands behind them.
  const kept = significant.slice(0, 32);
  const rest = significant.slice(32);
  const sticky = /[^0]/.test(rest) ? "1" : "0";
  const power = Number(`${match[4]}`.replaceAll("_", "")) - 4 * part.length + 4 * (rest.length - 1);
  const value = scale(BigInt(`0x0${kept}${sticky}`), power);
  return match[1] === "-" ? -value : value;
}

/** `mantissa × 2^exponent`, rounded half to even as IEEE 754 has it. */
function scale(mantissa: bigint, exponent: number): number {
  if (mantissa === 0n) {
    return 0;
  }
  const bits = mantissa.toString(2).length;
  if (bits + exponent < -1075) {
    return 0;
  }
  // A double keeps 53 bits, fewer below 2^-1022; what is cut off decides the rounding.
  const drop = Math.max(bits - 53, -1074 - exponent);
  if (drop <= 0) {
    return timesPowerOfTwo(Number(mantissa), exponent);
  }
  const cut = BigInt(drop);
  const half = 1n << (cut - 1n);
  const rest = mantissa & ((1n << cut) - 1n);
  let kept = mantissa >> cut;
  if (rest > half || (rest === half && (kept & 1n) === 1n)) {
    kept += 1n;
  }
  return timesPowerOfTwo(Number(kept), exponent + drop);
}

/** In two steps, because 2^exponent alone may leave the range of a double where the product does not. */
function timesPowerOfTwo(value: number, exponent: number): number {
  const half = Math.trunc(exponent / 2);
  return value * 2 ** half * 2 ** (exponent - half);
}

/** A float as Go's `%g` with the fewest exact digits writes it, which is how the reference encoder does. */
export function formatGoFloat(value: number): string {
  if (value === 0) {
    return Object.is(value, -0) ? "-0" : "0";
  }
  const [mantissa = "", power = ""] = value.toExponential().split("e");
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) {
    return String(value);
  }
  return `${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}
