import type { RejectCode } from "../codes.js";

/** 2000-01-01T00:00:00Z in Unix seconds: no event of a cluster is older. */
const earliest = 946_684_800;
/** Seconds an event may lie ahead of the broker's time, unless the caller says otherwise. */
export const DEFAULT_AHEAD = 86_400;

/** The span of Unix seconds an event may lie in, told by when the broker stored its message. */
export interface TimeBounds {
  readonly earliest: number;
  readonly latest: number;
  /** Seconds between the time the broker stored the message and `latest`. */
  readonly ahead: number;
}

/** From 2000-01-01 until `ahead` seconds after `streamTime` (nanoseconds). */
export function boundsAt(streamTime: bigint, ahead = DEFAULT_AHEAD): TimeBounds {
  return { earliest, latest: Number(streamTime) / 1e9 + ahead, ahead };
}

const units = [
  ["looks_like_milliseconds", 1e3, "milliseconds"],
  ["looks_like_microseconds", 1e6, "microseconds"],
  ["looks_like_nanoseconds", 1e9, "nanoseconds"],
] as const;

/** What is wrong with a time in Unix seconds; undefined when it is plausible. */
export function judgeSeconds(
  seconds: number,
  bounds: TimeBounds,
): { code: RejectCode; message: string } | undefined {
  if (isWithin(seconds, bounds)) {
    return undefined;
  }
  for (const [code, factor, unit] of units) {
    if (isWithin(seconds / factor, bounds)) {
      return { code, message: `${seconds} looks like ${unit}; write Unix seconds` };
    }
  }
  return { code: "absurd_time", message: absurd(seconds, bounds) };
}

const scales = [
  ["looks_like_seconds", 1e9, "s"],
  ["looks_like_milliseconds", 1e6, "ms"],
  ["looks_like_microseconds", 1e3, "us"],
] as const;

/** What is wrong with a line's timestamp in nanoseconds, which another precision may have been meant for. */
export function judgeTimestamp(
  nanoseconds: bigint,
  bounds: TimeBounds,
): { code: RejectCode; message: string } | undefined {
  const seconds = Number(nanoseconds) / 1e9;
  if (isWithin(seconds, bounds)) {
    return undefined;
  }
  for (const [code, factor, unit] of scales) {
    if (isWithin(seconds * factor, bounds)) {
      return {
        code,
        message: `the timestamp looks like ${unit}; send nanoseconds or set the timestamp precision`,
      };
    }
  }
  return { code: "absurd_time", message: absurd(seconds, bounds) };
}

function isWithin(seconds: number, bounds: TimeBounds): boolean {
  return seconds >= bounds.earliest && seconds <= bounds.latest;
}

function absurd(seconds: number, bounds: TimeBounds): string {
  return seconds < bounds.earliest
    ? `${seconds} s lies before the year 2000`
    : `${seconds} s lies more than ${bounds.ahead} s after the message was stored: is the sender's clock right?`;
}
