import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import {
  type Grant,
  type PasswordUser,
  grants,
  inboxPrefix,
  permissionTable,
  producerGrant,
  renderAuthorization,
  unrestricted,
} from "@cc-ingest/access";
import { Authority } from "@cc-ingest/access/authority";
import type { NatsServerOptions } from "@cc-ingest/devstack";
import { useNats, useTempDirectory } from "@cc-ingest/devstack/testing";
import {
  type ConnectionOptions,
  type NatsConnection,
  connect,
  credsAuthenticator,
} from "@nats-io/transport-node";
import { onTestFinished } from "vitest";
import { type User, subjects, users } from "./actions.js";
import { findNsc } from "./find-nsc.js";

const names = {
  jobs: { subject: subjects.job, stream: "CC_JOB", durable: "ingest-jobs" },
  nodestate: { subject: subjects.node, stream: "CC_NODE", durable: "ingest-nodestate" },
  lifecycle: { subject: "cc.lifecycle.job.*.*", stream: "CC_LIFECYCLE" },
};

const granted: Readonly<Record<User | "admin", Grant>> = {
  ...grants(names),
  "producer-alpha": producerGrant("producer-alpha", ["cc.job.event.alpha", "cc.node.state.alpha"]),
  "producer-beta": producerGrant("producer-beta", ["cc.job.event.beta", "cc.node.state.beta"]),
  admin: unrestricted,
};

const all: readonly (User | "admin")[] = [...users, "admin"];

/** How users are made known to a broker, and what they give it. */
export interface Scheme {
  readonly server: NatsServerOptions;
  readonly connectAs: (user: User | "admin") => ConnectionOptions;
  /** The same for a program of ours. */
  readonly environmentOf: (user: User | "admin", directory: string) => Promise<Record<string, string>>;
}

function passwords(): Scheme {
  const password = (user: string) => `password-of-${user}`;
  const list = all.map((user): PasswordUser => ({ user, password: password(user), grant: granted[user] }));
  return {
    server: { authorization: renderAuthorization(list) },
    connectAs: (user) => ({ user, pass: password(user) }),
    environmentOf: async (user) => ({ NATS_USERNAME: user, NATS_PASSWORD: password(user) }),
  };
}

async function credentials(): Promise<Scheme> {
  const authority = await Authority.create();
  const creds = new Map<string, string>();
  for (const user of all) creds.set(user, (await authority.addUser(user, { grant: granted[user] })).creds);
  return withCredentials(authority.serverConfig, creds);
}

function withCredentials(authorization: string, creds: ReadonlyMap<string, string>): Scheme {
  const of = (user: string): string => creds.get(user) ?? "";
  return {
    server: { authorization },
    connectAs: (user) => ({ authenticator: credsAuthenticator(new TextEncoder().encode(of(user))) }),
    async environmentOf(user, directory) {
      const path = join(directory, `${user}.creds`);
      await writeFile(path, of(user), { mode: 0o600 });
      return { NATS_CREDS_FILE: path };
    },
  };
}

const run = promisify(execFile);
const infra = fileURLToPath(new URL("../../../../infra/nats/", import.meta.url));

/** Undefined where there is no nsc. */
async function madeByNsc(): Promise<Scheme | undefined> {
  const nsc = await findNsc();
  if (nsc === undefined) {
    process.stderr.write("accounts.sh is not tested: nsc is not in PATH, and Go can't build it\n");
    return undefined;
  }
  const home = await mkdtemp(join(tmpdir(), "cc-ingest-nsc-"));
  try {
    const table = join(home, "permissions.tsv");
    await writeFile(table, permissionTable(Object.fromEntries(users.map((user) => [user, granted[user]]))));
    const env = { PATH: `${dirname(nsc)}:${process.env["PATH"]}`, HOME: home };
    // Twice: what is there already is left as it is.
    for (let time = 0; time < 2; time++) await run(join(infra, "accounts.sh"), [table], { cwd: home, env });
    const read = (file: string) => readFile(join(home, file), "utf8");
    const creds = await Promise.all(
      all.map(async (user) => [user, await read(`creds/${user}.creds`)] as const),
    );
    return withCredentials(await read("auth.conf"), new Map(creds));
  } finally {
    await rm(home, { recursive: true });
  }
}

const nsc = await madeByNsc();

export const schemes: Readonly<Record<string, Scheme>> = {
  "users with passwords": passwords(),
  "users with credentials files": await credentials(),
  ...(nsc === undefined ? {} : { "users made by accounts.sh": nsc }),
};

/** A broker of this block's own that knows the users and nobody else. */
export function useGuardedBroker({ server: options, connectAs, environmentOf }: Scheme) {
  const server = useNats(options);
  const directory = useTempDirectory();
  return {
    server,
    environmentOf: async (user: User | "admin") => ({
      NATS_URL: server().url,
      ...(await environmentOf(user, directory())),
    }),
    connect: async (user: User | "admin"): Promise<NatsConnection> => {
      const nats = await connect({
        servers: server().url,
        inboxPrefix: inboxPrefix(user),
        ...connectAs(user),
      });
      onTestFinished(() => nats.close());
      return nats;
    },
  };
}
