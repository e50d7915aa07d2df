import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type Grant,
  type PasswordUser,
  grants,
  inboxPrefix,
  producerGrant,
  renderAuthorization,
  unrestricted,
} from "@cc-ingest/access";
import { Authority } from "@cc-ingest/access/authority";
import type { NatsServerOptions } from "@cc-ingest/devstack";
import { useNats, useTempDirectory } from "@cc-ingest/devstack/testing";
import { type ConnectionOptions, type NatsConnection, connect, credsAuthenticator } from "@nats-io/transport-node";
import { onTestFinished } from "vitest";
import { type User, subjects, users } from "./actions.js";

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
  const of = (user: string): string => creds.get(user) ?? "";
  return {
    server: { authorization: authority.serverConfig },
    connectAs: (user) => ({ authenticator: credsAuthenticator(new TextEncoder().encode(of(user))) }),
    async environmentOf(user, directory) {
      const path = join(directory, `${user}.creds`);
      await writeFile(path, of(user), { mode: 0o600 });
      return { NATS_CREDS_FILE: path };
    },
  };
}

export const schemes: Readonly<Record<string, Scheme>> = {
  "users with passwords": passwords(),
  "users with credentials files": await credentials(),
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
    async connect(user: User | "admin"): Promise<NatsConnection> {
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
