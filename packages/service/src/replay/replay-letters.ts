import {
  type Actor,
  AnsweredMeanwhileError,
  type Database,
  type StoredLetter,
  SuspectBatchError,
  type Verdict,
  claimLetters,
  classifyDatabaseError,
  finishReplay,
  recordReplay,
} from "@cc-ingest/database";
import type { Retrying } from "@cc-ingest/jetstream";
import { type ApplyContext, type Applied, type RecordFor, applyBatch } from "../apply-batch.js";
import { type Input, type LineEvent, decodeBatch } from "../decode-batch.js";
import type { WorkContext } from "../definition.js";
import { type Announce } from "../jobs/lifecycle.js";
import { jobWork } from "../jobs/job-work.js";
import { nodestateWork } from "../nodestate/nodestate-work.js";
import { type Replayed, judge } from "./judge.js";
import { type ReplayedLetter, inputOf } from "./letter-input.js";

/** What became of a dead letter; `answered`: somebody else was faster, and nothing has happened. */
export type ReplayResult = Verdict | { readonly letter: StoredLetter; readonly outcome: "answered" };

export interface ReplayOptions extends Omit<WorkContext, "service"> {
  /** Tells of runs that start or stop. */
  readonly announce: Announce;
  readonly actor: Actor;
}

/** What one service does with its lines, whatever its events are. */
interface Worker {
  readonly apply: (inputs: readonly Input[], recordFor: RecordFor<LineEvent>) => Promise<Applied<LineEvent>>;
  readonly preview: (replayed: readonly Replayed[]) => Verdict[];
}

/** A person waits: what fails for want of infrastructure is told, and the next run goes on. */
const once: Retrying = (attempt) => attempt(1);

/** Applies dead letters as the services apply messages. */
export class Replayer {
  readonly #db: Database;
  readonly #actor: Actor;
  readonly #workers: ReadonlyMap<string, Worker>;

  constructor({ announce, actor, ...context }: ReplayOptions) {
    this.#db = context.db;
    this.#actor = actor;
    const precision = context.config.ingest.timestampPrecision;
    const originOf = (service: string) => ({ service, build: context.build });
    const jobs = originOf("ingest-jobs");
    const nodestate = originOf("ingest-nodestate");
    this.#workers = new Map([
      [
        jobs.service,
        workerOf({ origin: jobs, precision, work: { ...jobWork({ ...context, ...jobs }), announce } }),
      ],
      [
        nodestate.service,
        workerOf({ origin: nodestate, precision, work: nodestateWork({ ...context, ...nodestate }) }),
      ],
    ]);
  }

  /**
   * Applies dead letters. Those of one service go in one transaction with the record of what became of them; one by one when
   * they can't go together.
   *
   * @throws PublishError when runs could not be announced, or the database's error; a further replay goes on
   */
  async replay(letters: readonly ReplayedLetter[]): Promise<ReplayResult[]> {
    const results: ReplayResult[] = [];
    for (const [service, group] of Map.groupBy(letters, ({ letter }) => letter.service))
      results.push(...(await this.#replayTogether(this.#workerFor(service), group)));
    return results;
  }

  /** What their lines and the cluster definitions say of them, before the database is asked. Changes nothing. */
  preview(letters: readonly ReplayedLetter[]): Verdict[] {
    return [...Map.groupBy(letters, ({ letter }) => letter.service)].flatMap(([service, group]) =>
      this.#workerFor(service).preview(group.map(withInput)),
    );
  }

  #workerFor(service: string): Worker {
    const worker = this.#workers.get(service);
    if (worker === undefined) throw new Error(`dead letters of the service ${service} can't be replayed`);
    return worker;
  }

  async #replayTogether(worker: Worker, letters: readonly ReplayedLetter[]): Promise<ReplayResult[]> {
    try {
      return await this.#commit(worker, letters);
    } catch (error) {
      if (!concernsOneOf(error)) throw error;
      const [only, ...others] = letters;
      if (only !== undefined && others.length === 0) {
        if (error instanceof AnsweredMeanwhileError) return [{ letter: only.letter, outcome: "answered" }];
        throw error;
      }
    }
    const results: ReplayResult[] = [];
    for (const letter of letters) results.push(...(await this.#replayTogether(worker, [letter])));
    return results;
  }

  async #commit(worker: Worker, letters: readonly ReplayedLetter[]): Promise<Verdict[]> {
    const replayed = letters.map(withInput);
    let verdicts: Verdict[] = [];
    await worker.apply(
      replayed.map(({ input }) => input),
      (events) => ({
        begin: (trx) =>
          claimLetters(
            trx,
            replayed.map(({ letter }) => letter),
          ),
        end: async (trx, outcomes, deadLetters) => {
          verdicts = judge(replayed, events, outcomes, deadLetters);
          await recordReplay(trx, verdicts, this.#actor);
        },
      }),
    );
    const applied = verdicts.filter(({ outcome }) => outcome === "applied");
    await finishReplay(
      this.#db,
      applied.map(({ letter }) => letter),
    );
    return verdicts;
  }
}

function withInput(replayed: ReplayedLetter): Replayed {
  return { ...replayed, input: inputOf(replayed) };
}

/** Of several dead letters it may be one alone: the others can go without it. */
function concernsOneOf(error: unknown): boolean {
  return (
    error instanceof AnsweredMeanwhileError ||
    error instanceof SuspectBatchError ||
    classifyDatabaseError(error) === "timeout"
  );
}

function workerOf<Event extends LineEvent, Effect>(context: ApplyContext<Event, Effect>): Worker {
  const { origin, precision, work } = context;
  const { accept, maxAheadSeconds } = work;
  return {
    apply: (inputs, recordFor) => applyBatch(context, inputs, once, recordFor),
    preview(replayed) {
      const inputs = replayed.map(({ input }) => input);
      const { events, deadLetters } = decodeBatch(inputs, { ...origin, precision, maxAheadSeconds, accept });
      return judge(replayed, events, [], deadLetters);
    },
  };
}
