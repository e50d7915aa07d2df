import type { DeadLetterStatus, LetterFilter } from "@cc-ingest/database";
import { BadQuery, jobNumber, pickText, utcSeconds } from "../query.js";

/** The filters as they stand in the address. */
export interface LetterQuery {
  readonly status: string | undefined;
  readonly reason: string | undefined;
  readonly cluster: string | undefined;
  readonly job: string | undefined;
  readonly subject: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

const names = ["status", "reason", "cluster", "job", "subject", "from", "to"] as const;

/** What `status` may be; without it, those that nobody has answered. */
export const statuses = ["open", "replayed", "discarded", "all"] as const;

const statusesOf: Readonly<Record<(typeof statuses)[number], readonly DeadLetterStatus[] | undefined>> = {
  open: ["open", "replaying"],
  replayed: ["replayed"],
  discarded: ["discarded"],
  all: undefined,
};

export function letterQuery(given: Readonly<Record<string, unknown>>): LetterQuery {
  return pickText(given, names);
}

/** @throws BadQuery */
export function letterFilter({
  status = "open",
  reason,
  cluster,
  job,
  subject,
  from,
  to,
}: LetterQuery): LetterFilter {
  const named = statuses.find((each) => each === status);
  if (named === undefined) throw new BadQuery("status", `is none of ${statuses.join(", ")}`);
  const wanted = statusesOf[named];
  return {
    ...(wanted === undefined ? {} : { statuses: wanted }),
    ...(reason === undefined ? {} : { reasons: [reason] }),
    ...(cluster === undefined ? {} : { cluster }),
    ...(job === undefined ? {} : { jobId: jobNumber("job", job) }),
    ...(subject === undefined ? {} : { subject }),
    ...(from === undefined ? {} : { from: new Date(utcSeconds("from", from) * 1_000) }),
    ...(to === undefined ? {} : { to: new Date(utcSeconds("to", to) * 1_000) }),
  };
}

/** An address with these filters and whatever else. */
export function letterAddress(
  path: string,
  query: LetterQuery,
  further: Readonly<Record<string, string | undefined>> = {},
): string {
  const set = Object.entries({ ...query, ...further }).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  );
  return set.length === 0 ? path : `${path}?${new URLSearchParams(set).toString()}`;
}

/** @throws BadQuery */
export function letterNumber(parameter: string, text: string): bigint {
  if (!/^\d{1,18}$/.test(text)) throw new BadQuery(parameter, `"${text}" is no number of a dead letter`);
  return BigInt(text);
}
