import { BadQuery, pickText } from "../query.js";
import type { TailEntry } from "./tail.js";

export interface TailQuery {
  readonly stream: string | undefined;
  readonly cluster: string | undefined;
  /** Messages per second at most. */
  readonly rate: string | undefined;
}

export const rates = ["1", "5", "20", "50"] as const;
const USUAL_RATE = "5";

export function tailQuery(given: Readonly<Record<string, string>>): TailQuery & { readonly rate: string } {
  const query = pickText(given, ["stream", "cluster", "rate"]);
  const rate = query.rate ?? USUAL_RATE;
  if (!rates.some((each) => each === rate)) throw new BadQuery("rate", `is none of ${rates.join(", ")}`);
  return { ...query, rate };
}

export function fits({ stream, cluster }: TailQuery, { message, lines }: TailEntry): boolean {
  if (stream !== undefined && message.stream !== stream) return false;
  return cluster === undefined || lines.some((line) => line.cluster === cluster);
}
