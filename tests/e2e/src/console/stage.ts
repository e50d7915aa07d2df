import { fileURLToPath } from "node:url";
import {
  type PasswordUser,
  grants,
  inboxPrefix,
  producerGrant,
  renderAuthorization,
  unrestricted,
} from "@cc-ingest/access";
import { type Database, connectDatabase } from "@cc-ingest/database";
import { type ServiceProcess, startFlags, startServiceProcess } from "@cc-ingest/devstack";
import { useNats } from "@cc-ingest/devstack/testing";
import { TokenIssuer } from "@cc-ingest/web/testing";
import { type JetStreamClient, jetstream } from "@nats-io/jetstream";
import { type MsgHdrs, type NatsConnection, connect } from "@nats-io/transport-node";
import { afterAll, beforeAll } from "vitest";
import { ccingest } from "../testing/ccingest.js";
import { definitionsOf } from "../testing/fixtures.js";
import { useServiceDatabase } from "../testing/service-database.js";
import { JOBS, NODES } from "../testing/stack.js";

/** Both services and the console, each with its own user at the broker. */
export interface Stage {
  readonly url: string;
  readonly db: Database;
  readonly issuer: TokenIssuer;
  readonly services: Readonly<Record<"ingest-jobs" | "ingest-nodestate", ServiceProcess>>;
  /** Resolves with the sequence when the stream has stored it. */
  readonly publish: (subject: string, text: string, headers?: MsgHdrs) => Promise<number>;
}

const lists = grants({
  jobs: { subject: JOBS, stream: "CC_JOB", durable: "ingest-jobs" },
  nodestate: { subject: NODES, stream: "CC_NODE", durable: "ingest-nodestate" },
  lifecycle: { subject: "cc.lifecycle.job.*.*", stream: "CC_LIFECYCLE" },
});
const everybody = { ...lists, producer: producerGrant("producer", [JOBS, NODES]), admin: unrestricted };
const passwordOf = (user: string) => `secret-of-${user}`;
const authorization = renderAuthorization(
  Object.entries(everybody).map(([user, grant]): PasswordUser => ({
    user,
    password: passwordOf(user),
    grant,
  })),
);

export const TRACES = "https://traces.example/{traceId}";
const clusters = fileURLToPath(new URL("../../../../packages/config/fixtures/clusters", import.meta.url));

/** The services know fritz alone, the console alex too: what they refuse of alex, it can replay. */
const settingsOf: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "ingest-jobs": definitionsOf("fritz"),
  "ingest-nodestate": definitionsOf("fritz"),
  console: {
    INGEST_CLUSTER_DEFINITIONS: clusters,
    INGEST_CONSOLE_WRITES: "on",
    INGEST_CONSOLE_HTTP_PORT: "0",
    INGEST_CONSOLE_TRACE_URL: TRACES,
  },
};

export function useStage(): () => Stage {
  const server = useNats({ authorization });
  const database = useServiceDatabase();
  const issuer = new TokenIssuer();
  const processes: ServiceProcess[] = [];
  let stage: Stage | undefined;
  let nats: NatsConnection | undefined;

  const environment = (user: string) => ({
    NATS_URL: server().url,
    NATS_USERNAME: user,
    NATS_PASSWORD: passwordOf(user),
    DATABASE_URL: database().url,
    SUBJECT_JOB_EVENT: JOBS,
    SUBJECT_NODE_STATE: NODES,
    INGEST_PROVISIONING: "verify",
    JWT_PUBLIC_KEY: issuer.publicKey,
  });
  const start = async (name: string): Promise<ServiceProcess> => {
    const directory = fileURLToPath(new URL(`../../../../apps/${name}`, import.meta.url));
    const env = { ...environment(name), ...settingsOf[name] };
    const running = startServiceProcess({ directory, env, nodeOptions: startFlags(directory) });
    processes.push(running);
    await running.ready();
    return running;
  };

  beforeAll(async () => {
    const { code, stderr } = await ccingest(["provision"], {
      ...environment("provisioner"),
      INGEST_PROVISIONING: "auto",
    });
    if (code !== 0) throw new Error(stderr);
    const [jobs, nodestate, web] = await Promise.all([
      start("ingest-jobs"),
      start("ingest-nodestate"),
      start("console"),
    ]);
    const { url } = await web.logged("started");
    nats = await connect({
      servers: server().url,
      user: "producer",
      pass: passwordOf("producer"),
      inboxPrefix: inboxPrefix("producer"),
    });
    const js: JetStreamClient = jetstream(nats);
    stage = {
      url: String(url),
      db: connectDatabase({ url: database().adminUrl, poolSize: 2, applicationName: "e2e" }),
      issuer,
      services: { "ingest-jobs": jobs, "ingest-nodestate": nodestate },
      publish: async (subject, text, headers) =>
        (await js.publish(subject, text, headers === undefined ? {} : { headers })).seq,
    };
  });
  afterAll(async () => {
    await nats?.close();
    await stage?.db.destroy();
    for (const each of processes) each.kill("SIGKILL");
    await Promise.all(processes.map(({ exit }) => exit));
  });
  return () => {
    if (stage === undefined) throw new Error("only inside a test");
    return stage;
  };
}
