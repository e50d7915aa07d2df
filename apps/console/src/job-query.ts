import type { JobFilter, JobPlace, JobSummary } from "@cc-ingest/database";
import { type JobState, jobStates } from "@cc-ingest/protocol";
import { BadQuery, jobNumber, pickText, utcSeconds } from "./query.js";

/** The filters as they stand in the address. */
export interface JobQuery {
  readonly cluster: string | undefined;
  readonly state: string | undefined;
  readonly user: string | undefined;
  readonly project: string | undefined;
  readonly partition: string | undefined;
  readonly host: string | undefined;
  readonly job: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** The last run of the page before: its start and number. */
  readonly after: string | undefined;
}

const names = [
  "cluster",
  "state",
  "user",
  "project",
  "partition",
  "host",
  "job",
  "from",
  "to",
  "after",
] as const;

export function jobQuery(given: Readonly<Record<string, string>>): JobQuery {
  return pickText(given, names);
}

/** No index finds jobs by their nodes: without a time, this much is looked through. */
const HOST_DAYS = 7;

/** @throws BadQuery when a value is none. `now`: Unix seconds. */
export function jobFilter(query: JobQuery, now: number): JobFilter {
  const { cluster, state, user, project, partition, host, job, from, to } = query;
  const since =
    from === undefined
      ? host === undefined
        ? undefined
        : now - HOST_DAYS * 86_400
      : utcSeconds("from", from);
  return {
    ...(cluster === undefined ? {} : { cluster }),
    ...(state === undefined ? {} : { states: [stateOf(state)] }),
    ...(user === undefined ? {} : { user }),
    ...(project === undefined ? {} : { project }),
    ...(partition === undefined ? {} : { partition }),
    ...(host === undefined ? {} : { hostname: host }),
    ...(job === undefined ? {} : { jobId: jobNumber("job", job) }),
    ...(since === undefined ? {} : { startFrom: BigInt(since) }),
    ...(to === undefined ? {} : { startTo: BigInt(utcSeconds("to", to) - 1) }),
  };
}

function stateOf(text: string): JobState {
  const state = jobStates.find((each) => each === text);
  if (state === undefined) throw new BadQuery("state", `is none of ${jobStates.join(", ")}`);
  return state;
}

/** @throws BadQuery */
export function placeAfter({ after }: JobQuery): JobPlace | undefined {
  if (after === undefined) return undefined;
  const [, start, id] = /^(\d{1,15})-(\d{1,18})$/.exec(after) ?? [];
  if (start === undefined || id === undefined) throw new BadQuery("after", "is no place in the list");
  return { startTime: BigInt(start), id: BigInt(id) };
}

/** The address of a page of the list. */
export function jobsAddress(
  query: JobQuery,
  after: Pick<JobSummary, "startTime" | "id"> | undefined,
): string {
  const place = after === undefined ? undefined : `${after.startTime}-${after.id}`;
  const set = Object.entries({ ...query, after: place }).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  );
  return set.length === 0 ? "/jobs" : `/jobs?${new URLSearchParams(set).toString()}`;
}
