import { InvalidArgumentError } from "commander";

const units = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** `90`, `90s`, `1.5m`, `2h`, `500ms`: seconds. */
export function seconds(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text);
  if (match === null) throw new InvalidArgumentError("Write a time as 90s, 5m or 2h.");
  return Number(match[1]) * units[(match[2] ?? "s") as keyof typeof units];
}

export function integer(minimum: number, maximum = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^-?\d+$/.test(text) || value < minimum || value > maximum)
      throw new InvalidArgumentError(
        maximum === Number.MAX_SAFE_INTEGER
          ? `Write an integer of at least ${minimum}.`
          : `Write an integer from ${minimum} to ${maximum}.`,
      );
    return value;
  };
}

const sizes = { "": 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 } as const;

/** `20GiB`, `1.5TiB`, `500000`: bytes. */
export function byteSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([KMGT]iB)?$/.exec(text);
  const value = Math.floor(Number(match?.[1]) * sizes[(match?.[2] ?? "") as keyof typeof sizes]);
  if (!(value >= 1)) throw new InvalidArgumentError("Write a size as 500MiB, 20GiB or in bytes.");
  return value;
}

/** A number of at least 0. */
export function amount(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError("Write a number such as 50 or 0.5.");
  return Number(text);
}

const LARGEST_ID = 2n ** 63n - 1n;

/** An identifier of the database or of a scheduler, exactly. */
export function identifier(text: string): bigint {
  const value = /^\d{1,19}$/.test(text) ? BigInt(text) : 0n;
  if (value < 1n || value > LARGEST_ID)
    throw new InvalidArgumentError(`Write a number from 1 to ${LARGEST_ID}.`);
  return value;
}

/** A part of all: from 0 to 1. */
export function part(text: string): number {
  const value = amount(text);
  if (value > 1) throw new InvalidArgumentError("Write a part from 0 to 1, such as 0.05.");
  return value;
}

/** `2026-03-01T12:00:00Z` or Unix seconds: Unix milliseconds. */
export function pointInTime(text: string): number {
  const value = /^\d{9,11}$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  if (Number.isNaN(value))
    throw new InvalidArgumentError("Write a time as 2026-03-01T12:00:00Z or in Unix seconds.");
  return value;
}

/** A place in a stream: a sequence number, or a time as Unix milliseconds. */
export type StreamPlace = { readonly sequence: number } | { readonly time: number };

/** `1403244`, or `2026-03-01T12:00:00Z`. */
export function streamPlace(text: string): StreamPlace {
  if (/^\d+$/.test(text)) return { sequence: integer(1)(text) };
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw new InvalidArgumentError("Write a sequence number, or a time as 2026-03-01T12:00:00Z.");
  return { time };
}
