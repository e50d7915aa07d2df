import { resolve } from "node:path";
import { type Config, type Requirement, formatProblems, loadConfig } from "@cc-ingest/config";
import { migrate } from "@cc-ingest/database";
import { jetstreamManager } from "@nats-io/jetstream";
import { provisionAll } from "../provision.js";
import { brokerAt, openBroker } from "../shared/broker.js";
import { brokerNames } from "../shared/broker-names.js";
import { mistake } from "../shared/cli-error.js";
import { withDatabase } from "../shared/database.js";
import { subjectsOf } from "../shared/settings.js";
import { stackDirectory } from "../shared/stack-file.js";
import { note } from "../shared/terminal.js";
import { claimPlace } from "./claim-place.js";
import { type Broker, startBroker, startDatabase } from "./start-servers.js";
import { type RunningService, servicePrograms, startServices, webPrograms } from "./start-services.js";

export interface StackOptions {
  readonly data?: string;
  readonly natsPort?: number;
  readonly postgresPort?: number;
}

export interface RunningStack {
  readonly config: Config;
  readonly services: readonly RunningService[];
  readonly web: readonly RunningService[];
  readonly stackFile: string;
  readonly logDirectory: string;
  readonly broker: Broker;
  readonly database: { readonly url: string; readonly description: string };
}

/** Starts everything, in the order it is needed; ready when it resolves. What it starts is put into `resources`. */
export async function startStack(
  { data, natsPort, postgresPort }: StackOptions,
  resources: AsyncDisposableStack,
): Promise<RunningStack> {
  const place = resources.use(await claimPlace(stackDirectory));
  if (place.beside !== undefined)
    note(`another stack runs here (process ${place.beside}): this one is in ${place.stackFile}`);
  const wanted = wantedSubjects(process.env);
  await place.writeConfig(sections(wanted));
  const options = {
    data: data === undefined ? undefined : resolve(data),
    natsPort,
    postgresPort,
    logDirectory: place.logDirectory,
    names: brokerNames(load(place.configFile, ["api-subjects"])),
  };
  note("starting the broker and the database");
  const [broker, database] = await bothOrNone(
    startBroker(options, resources),
    startDatabase(options, resources),
  );
  await place.writeConfig(configFor(broker, database.url, wanted));
  const config = load(place.configFile, ["api-subjects", "nats", "database"]);
  const { applied } = await withDatabase(config, migrate);
  if (applied.length > 0) note(`applied ${applied.length} migrations`);
  if (broker.urlOf !== undefined) await provision(config, broker.urlOf("provisioner"));
  const { jobEvent, nodeState } = subjectsOf(config);
  note("starting the services");
  const { configFile, stackFile, logDirectory } = place;
  const servicePlace = { configFile, logDirectory, natsUrl: broker.urlOf };
  const services = await startServices(servicePrograms, servicePlace, resources);
  const web = await startServices(webPrograms, servicePlace, resources);
  await place.writeStack({
    startedAt: new Date().toISOString(),
    configFile,
    natsUrl: broker.natsUrl,
    producerUrl: broker.producerUrl,
    databaseUrl: database.url,
    healthUrls: Object.fromEntries(services.map(({ name, url }) => [name, url])),
    metricsUrls: Object.fromEntries(
      services.flatMap(({ name, url, paths }) =>
        paths.includes("/metrics") ? [[name, `${url}/metrics`]] : [],
      ),
    ),
    webUrls: Object.fromEntries(web.map(({ name, url }) => [name, url])),
    logFiles: Object.fromEntries([...services, ...web].map(({ name, logFile }) => [name, logFile])),
    subjects: { jobEvent, nodeState },
  });
  return { config, services, web, stackFile, logDirectory, broker, database };
}

interface Wanted {
  readonly jobEvent: string;
  readonly nodeState: string;
}

function wantedSubjects(env: NodeJS.ProcessEnv): Wanted {
  return {
    jobEvent: env["SUBJECT_JOB_EVENT"] || "cc.job.event",
    nodeState: env["SUBJECT_NODE_STATE"] || "cc.node.state",
  };
}

/** ClusterCockpit's own sections, and in ours what has been started. */
function configFor({ natsUrl, urlOf }: Broker, databaseUrl: string, wanted: Wanted): object {
  const database = { url: databaseUrl };
  return {
    ...sections(wanted),
    nats: { address: natsUrl },
    // The users of a broker of our own may not create anything, but for one.
    ingest: urlOf === undefined ? { database } : { database, provisioning: "verify" },
  };
}

function sections({ jobEvent, nodeState }: Wanted): object {
  return { main: { "api-subjects": { "subject-job-event": jobEvent, "subject-node-state": nodeState } } };
}

async function provision(config: Config, address: string): Promise<void> {
  await using nats = await openBroker(brokerAt(address));
  await provisionAll(await jetstreamManager(nats, { checkAPI: false }), config, "auto");
}

/** As the services will: the environment wins, and may hold mistakes. */
function load(file: string, required: readonly Requirement[]): Config {
  const loaded = loadConfig({ env: process.env, file, required });
  if (!loaded.ok) throw mistake(formatProblems(loaded.problems));
  return loaded.config;
}

/** Waits for both even when one fails, so that the other one is among the resources to be closed. */
async function bothOrNone<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return [await first, await second];
}
