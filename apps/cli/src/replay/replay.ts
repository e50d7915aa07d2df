import type { Config } from "@cc-ingest/config";
import { type Database, schemaVersion } from "@cc-ingest/database";
import { inboxOf, subjectCovers } from "@cc-ingest/jetstream";
import { type ReplaySource, build, openLifecycle, replaySources } from "@cc-ingest/service";
import { createLogger } from "@cc-ingest/telemetry";
import { type StreamInfo, jetstreamManager } from "@nats-io/jetstream";
import { openBroker } from "../shared/broker.js";
import { CliError, messageOf, mistake } from "../shared/cli-error.js";
import { clusterDefinitions } from "../shared/cluster-definitions.js";
import { withDatabase } from "../shared/database.js";
import { exitCodes } from "../shared/exit-codes.js";
import type { StreamPlace } from "../shared/parse.js";
import { Progress } from "../shared/progress.js";
import { type ConfigOption, settings, subjectsOf } from "../shared/settings.js";
import { stopSignal } from "../shared/stop-signal.js";
import { note, print } from "../shared/terminal.js";
import { type FoundRange, findRange } from "./find-range.js";
import { type Replayed, progressLine, showReplayed } from "./show-replay.js";

export interface ReplayStreamOptions extends ConfigOption {
  readonly stream: string;
  readonly from: StreamPlace;
  readonly to?: StreamPlace;
  readonly announce?: boolean;
  readonly anew?: boolean;
  readonly json?: boolean;
}

const CLIENT = "ccingest";

export async function runReplayStream(options: ReplayStreamOptions): Promise<void> {
  const config = await settings(options, ["nats", "database", "api-subjects"]);
  const definitions = clusterDefinitions(config);
  const { jobConcurrency, nodeConcurrency } = subjectsOf(config);
  const poolSize = Math.max(jobConcurrency, nodeConcurrency) + 1;
  using stop = stopSignal();
  const replayed = await withDatabase(
    config,
    async (db) => {
      await refuseOldSchema(db);
      await using nats = await openBroker(config);
      const jsm = await jetstreamManager(nats, { checkAPI: false });
      const found = await findRange(jsm, options.stream, options.from, options.to);
      const announce = options.announce === true ? await openLifecycle(nats, config, CLIENT) : undefined;
      const log = createLogger({ service: CLIENT, pretty: true, destination: { write: noteLine } });
      const context = {
        config,
        definitions,
        db,
        build,
        nats,
        jsm,
        inboxPrefix: inboxOf({ ...config.nats, name: CLIENT }),
        log,
        announce,
      };
      const sources = replaySources(context).filter((source) => reads(source, found.stream));
      if (sources.length === 0) throw mistake(unread(found.stream, config));
      const results: Replayed[] = [];
      for (const source of sources)
        results.push(await replay(source, found, stop.signal, options.anew === true));
      return results;
    },
    { poolSize, forKeyLookups: true },
  );
  print(options.json === true ? JSON.stringify(replayed) : replayed.map(showReplayed).join("\n"));
}

async function replay(
  { service, replay: run }: ReplaySource,
  { stream, from, to }: FoundRange,
  stop: AbortSignal,
  anew: boolean,
): Promise<Replayed> {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  let total = 0;
  using progress = new Progress();
  const result = await run(stream, from, to, {
    stop,
    anew,
    onBegin({ resumed, messages }) {
      total = messages;
      if (resumed) note(`going on where an earlier replay was interrupted: ${messages} messages to go`);
      else if (from < stream.state.first_seq)
        note(`the stream begins with ${stream.state.first_seq}: what was before is no longer there`);
    },
    onBatch: (soFar) => progress.tell(progressLine(soFar, total, seconds()), soFar.messages / total),
    onRetry: (error) => note(`held up, trying again: ${messageOf(error)}`),
  });
  if (result === undefined)
    throw new CliError(
      exitCodes.failed,
      `another replay of ${stream.config.name} from ${from} is running: wait for it`,
    );
  const { finished, ...tally } = result;
  if (!finished)
    throw new CliError(
      exitCodes.failed,
      `interrupted after ${tally.messages} of ${total} messages: run the same command again to go on`,
    );
  return { service, stream: stream.config.name, from, to, seconds: seconds(), ...tally };
}

async function refuseOldSchema(db: Database): Promise<void> {
  if ((await schemaVersion(db)) === "current") return;
  throw new CliError(
    exitCodes.needsPerson,
    'the schema of the database is behind: run "ccingest migrate" as its owner',
  );
}

/** A mirror and a stream with sources name no subjects of their own, or not all. */
function reads({ worker }: ReplaySource, { config }: StreamInfo): boolean {
  if (config.mirror !== undefined || (config.sources ?? []).length > 0) return true;
  return (config.subjects ?? []).some((subject) => subjectCovers(subject, worker.subject));
}

function unread({ config }: StreamInfo, settled: Config): string {
  const { jobEvent, nodeState } = subjectsOf(settled);
  return (
    `stream ${config.name} stores ${(config.subjects ?? []).join(", ")}, which is neither ${jobEvent} nor ${nodeState}: ` +
    "name another stream, or set the subjects it was filled with (main.api-subjects)"
  );
}

function noteLine(line: string): void {
  note(line.trimEnd());
}
