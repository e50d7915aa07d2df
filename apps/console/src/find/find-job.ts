import {
  type JobDetail,
  type LetterAction,
  type LetterSummary,
  type ParkedStop,
  findLetters,
  readActions,
  readJobs,
  readLoneAttempts,
  readParkedStops,
} from "@cc-ingest/database";
import { type StoredMessage, messageAt } from "@cc-ingest/jetstream";
import { jobsWorker } from "@cc-ingest/service";
import { type JetStreamManager, jetstreamManager } from "@nats-io/jetstream";
import { explainBroker } from "../pipeline/explain-broker.js";
import type { Site } from "../site.js";
import { type DescribedLine, describeMessage } from "../tail/describe.js";
import { type Searched, type TimeSpan, searchStream } from "./search-stream.js";
import { type Standing, standingOf } from "./standing.js";
import { traceOf } from "./trace-of.js";

/** All that is known of a job's number: what came, what was tried, what became of it. */
export interface FoundJob {
  readonly runs: readonly JobDetail[];
  readonly parked: readonly ParkedStop[];
  readonly letters: readonly { readonly letter: LetterSummary; readonly actions: readonly LetterAction[] }[];
  readonly messages: readonly FoundMessage[];
  readonly search: Pick<Searched, "looked" | "cutShort"> & {
    /** Whether times were known to look at; else the newest messages were. */
    readonly aimed: boolean;
    readonly problem: string | undefined;
  };
}

export interface FoundMessage {
  readonly message: StoredMessage;
  /** Those about the job. */
  readonly lines: readonly DescribedLine[];
  readonly standing: Standing;
  /** Begun with nothing beside it, and not ended. */
  readonly loneAttempts: number;
  readonly trace: string | undefined;
}

const LETTERS = 50;
const BUDGET = 20_000;
const NEWEST = 5_000;
const PATIENCE_MS = 8_000;
const SECOND = 1_000_000_000n;

/** Producers poll their scheduler, and their clocks differ: a message may be stored so long before and after its own time. */
const BEFORE = 300n * SECOND;
const AFTER = 1_800n * SECOND;

export async function findJob(site: Site, jobId: bigint): Promise<FoundJob> {
  const { db } = site;
  const [runs, parked, letters] = await Promise.all([
    readJobs(db, { jobId }),
    readParkedStops(db, jobId),
    findLetters(db, { jobId }, { order: "newest first", limit: LETTERS }),
  ]);
  const answered = letters.map(async (letter) => ({ letter, actions: await readActions(db, letter) }));
  const spans = [
    ...runs.flatMap(spansOf),
    ...parked.map(({ stopTime }) => around(BigInt(stopTime) * SECOND)),
  ];
  const { messages, search } = await findMessages(site, jobId, spans, letters);
  return { runs, parked, letters: await Promise.all(answered), messages, search };
}

function spansOf({ eventTime, stopTime, stopSource }: JobDetail): TimeSpan[] {
  const start = around(eventTime);
  return stopTime === null || stopSource !== "event" ? [start] : [start, around(BigInt(stopTime) * SECOND)];
}

function around(time: bigint): TimeSpan {
  return { from: time - BEFORE, to: time + AFTER };
}

async function findMessages(
  site: Site,
  jobId: bigint,
  spans: readonly TimeSpan[],
  letters: readonly LetterSummary[],
): Promise<Pick<FoundJob, "messages" | "search">> {
  const { config, broker } = site;
  const stream = jobsWorker(config)?.stream ?? "";
  const aimed = spans.length > 0 || letters.length > 0;
  try {
    const jsm = await jetstreamManager(broker.connected(), { checkAPI: false });
    const searched = await searchStream(jsm, {
      stream,
      spans: aimed ? spans : [await newestSpan(jsm, stream)],
      matches: (message) => linesAbout(site, message, jobId).length > 0,
      budget: BUDGET,
      end: AbortSignal.timeout(PATIENCE_MS),
    });
    const ofLetters = await Promise.all(
      letters
        .filter((letter) => letter.stream === stream)
        .map(async ({ streamSequence }) => await messageAt(jsm, stream, streamSequence)),
    );
    const all = new Map(
      [...searched.found, ...ofLetters].flatMap((each) =>
        each === undefined ? [] : [[each.sequence, each]],
      ),
    );
    const messages = [...all.values()].toSorted((a, b) => a.sequence - b.sequence);
    return {
      messages: await Promise.all(messages.map(async (message) => await judge(site, message, jobId))),
      search: { aimed, looked: searched.looked, cutShort: searched.cutShort, problem: undefined },
    };
  } catch (error) {
    return { messages: [], search: { aimed, looked: 0, cutShort: false, problem: explainBroker(error) } };
  }
}

async function newestSpan(jsm: JetStreamManager, stream: string): Promise<TimeSpan> {
  const { state } = await jsm.streams.info(stream);
  const first = await messageAt(jsm, stream, Math.max(state.first_seq, state.last_seq - NEWEST + 1));
  return { from: first?.storedAt ?? 0n, to: BigInt(Date.now()) * 1_000_000n + AFTER };
}

/** The number itself is looked for first: most messages are about other jobs, and need not be decoded. */
function linesAbout({ config }: Site, message: StoredMessage, jobId: bigint): DescribedLine[] {
  const { data } = message;
  const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (!text.includes(String(jobId))) return [];
  return describeMessage(message, config.ingest.timestampPrecision).filter((line) => line.jobId === jobId);
}

async function judge(site: Site, message: StoredMessage, jobId: bigint): Promise<FoundMessage> {
  const { stream, sequence, storedAt } = message;
  const status = site.watch.newest?.streams.find(
    (each) => each.status.problem === undefined && each.status.stream === stream,
  );
  return {
    message,
    lines: linesAbout(site, message, jobId),
    standing: standingOf(sequence, status?.status),
    loneAttempts: await readLoneAttempts(site.db, { stream, streamSequence: sequence, receivedAt: storedAt }),
    trace: traceOf(message),
  };
}
