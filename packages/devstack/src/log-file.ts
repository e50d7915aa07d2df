import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";

const MOST_BYTES = 4096;
const MOST_LINES = 5;

export function logSize(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** The last lines written to `file` after byte `start`, in one line. */
export function logSince(file: string, start: number): string {
  const log = openSync(file, "r");
  try {
    const end = fstatSync(log).size;
    const from = Math.max(start, end - MOST_BYTES);
    const bytes = Buffer.alloc(Math.max(0, end - from));
    readSync(log, bytes, 0, bytes.length, from);
    const lines = bytes
      .toString("utf8")
      .split("\n")
      .filter((line) => line.trim() !== "");
    return lines.slice(-MOST_LINES).join(" | ") || "nothing";
  } finally {
    closeSync(log);
  }
}
