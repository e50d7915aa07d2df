import type { Differences } from "../verdict/compare.ts";
import { faults, type Strike } from "./strikes.ts";

export interface Outcome {
  readonly seed: number;
  readonly seconds: number;
  /** Acknowledged to the publisher, and how many the streams hold. */
  readonly messages: { readonly published: number; readonly sent: number; readonly stored: number };
  readonly strikes: readonly Strike[];
  /** Deliveries of the same message beyond the first. */
  readonly duplicatesDelivered: number;
  /** Jobs that the publisher told of, and rows of jobs: each has one. */
  readonly jobs: { readonly started: number; readonly stored: number };
  readonly rows: number;
  readonly differences: Differences;
  /** How the services' processes ended. */
  readonly ends: Readonly<Record<string, number>>;
  readonly longestStallSeconds: number;
  /** From the last mend until everything was acknowledged; undefined when that did not happen in time. */
  readonly recoverySeconds: number | undefined;
}

/** Seconds from the last mend until nothing is left to do, at most. */
export const RECOVERY_LIMIT_SECONDS = 120;

/** What went against the promises. */
export function failuresOf(outcome: Outcome): string[] {
  const { differences, messages, jobs, recoverySeconds, duplicatesDelivered, strikes } = outcome;
  const rows = (what: keyof Differences): string[] =>
    differences[what].length === 0
      ? []
      : [`${differences[what].length} rows ${what}, such as ${differences[what].slice(0, 3).join("; ")}`];
  return [
    ...rows("lost"),
    ...rows("invented"),
    ...rows("diverged"),
    ...(messages.stored < messages.published
      ? [`the streams hold ${messages.stored} messages, ${messages.published} were acknowledged`]
      : []),
    ...(jobs.stored === jobs.started ? [] : [`there are ${jobs.stored} jobs, ${jobs.started} were told of`]),
    ...(recoverySeconds === undefined
      ? [`not everything was worked off within ${RECOVERY_LIMIT_SECONDS} s after the last fault`]
      : []),
    ...(strikes.length > 0 && duplicatesDelivered === 0
      ? ["no message was delivered twice: the faults did not bite"]
      : []),
  ];
}

export function asText(outcome: Outcome): string {
  const { seed, seconds, messages, jobs, duplicatesDelivered, rows, differences } = outcome;
  const { ends, longestStallSeconds, recoverySeconds, strikes } = outcome;
  const struck = Map.groupBy(strikes, ({ kind }) => kind);
  const width = Math.max(...faults.map(({ kind }) => kind.length));
  const lines = faults.map(({ kind }) => {
    const all = struck.get(kind) ?? [];
    const proofs = new Set(all.flatMap(({ proof }) => proof ?? []));
    const bit = all.filter(({ proof }) => proof !== undefined).length;
    return `  ${kind.padEnd(width)} ${String(all.length).padStart(5)} ${String(bit).padStart(5)}  ${[...proofs].join(", ")}`;
  });
  return `
Seed ${seed}, ${Math.round(seconds)} s

  ${"fault".padEnd(width)} times   bit  proof
${lines.join("\n")}

Messages             ${messages.published} published, sent ${messages.sent} times, ${messages.stored} in the streams
Duplicates delivered ${duplicatesDelivered}
Jobs                 ${jobs.started} told of, ${jobs.stored} stored
Rows                 ${rows}
Lost                 ${differences.lost.length}
Invented             ${differences.invented.length}
Diverged             ${differences.diverged.length}
Processes ended      ${Object.entries(ends)
    .map(([end, times]) => `${end}: ${times}`)
    .join(", ")}
Longest stall        ${longestStallSeconds.toFixed(1)} s
Recovery             ${recoverySeconds === undefined ? "not in time" : `${recoverySeconds.toFixed(1)} s`}
`;
}
