import { randomBytes } from "node:crypto";
import { chown } from "node:fs/promises";
import { join, resolve } from "node:path";
import { DevstackError } from "../errors.js";
import { startGuard } from "../guard.js";
import { ordinaryUser, type OrdinaryUser } from "../ordinary-user.js";
import { endPreviousRun } from "../previous-run.js";
import { SupervisedProcess, type ProcessSpec } from "../supervised-process.js";
import { withPort } from "../with-port.js";
import { waitUntil } from "../wait-until.js";
import { closedDirectory, makeWorkDirectory } from "../work-directory.js";
import { copyBinaries, findBinaries, makeLinks } from "./binaries.js";
import { createDatabase, dropDatabase, serverVersion } from "./databases.js";
import { openEntry, type Entry } from "./data-directory.js";
import { initCluster, postgresEnvironment, SUPERUSER } from "./init-cluster.js";
import { isAccepting } from "./is-accepting.js";

import type { PostgresOptions, PostgresServer } from "./start-postgres.js";

const OLD_BACKENDS_TIMEOUT_MS = 15_000;

interface Cluster {
  readonly native: string;
  readonly dataDir: string;
  readonly user: OrdinaryUser | undefined;
  readonly entry: Entry;
  readonly password: string;
  readonly logFile: string;
}

export async function startOwnPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const packaged = findBinaries();
  const workDir = await makeWorkDirectory("postgres");
  await using stack = new AsyncDisposableStack();
  const guard = stack.adopt(startGuard(workDir), (each) => each.close());
  const cluster = await prepareCluster(options, packaged, workDir);
  stack.use(cluster.entry);
  const { port, child } = await withPort(options.port, async (candidate) => {
    const started = new SupervisedProcess(processSpec(cluster, candidate, options.settings ?? {}), guard);
    await startServer(started, cluster.dataDir);
    return { port: candidate, child: started };
  });
  stack.defer(() => child.stop());
  const url = `postgres://${SUPERUSER}:${encodeURIComponent(cluster.password)}@127.0.0.1:${port}/postgres`;
  const version = await serverVersion(url);
  const resources = stack.move();
  return {
    url,
    port,
    dataDir: cluster.dataDir,
    version,
    get running() {
      return child.running;
    },
    source: "npm",
    createDatabase: (name, { template } = {}) => createDatabase(url, name, template),
    dropDatabase: (name) => dropDatabase(url, name),
    stop: () => child.stop(),
    kill: (signal = "SIGKILL") => child.kill(signal),
    restart: async () => {
      await child.stop();
      await startServer(child, cluster.dataDir);
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function prepareCluster(options: PostgresOptions, packaged: string, workDir: string): Promise<Cluster> {
  const dataDir = resolve(options.dataDir ?? join(workDir, "data"));
  const user = await ordinaryUser(dataDir);
  await makeLinks(packaged);
  let native = packaged;
  if (user !== undefined) {
    await chown(workDir, user.uid, user.gid);
    if ((await closedDirectory(packaged, user)) !== undefined) {
      native = join(workDir, "postgresql");
      await copyBinaries(packaged, native);
    }
  }
  const password = await initCluster({
    native,
    dataDir,
    user,
    workDir,
    password: randomBytes(16).toString("hex"),
    sync: options.dataDir !== undefined,
  });
  return {
    native,
    dataDir,
    user,
    entry: await openEntry(dataDir, user),
    password,
    logFile: resolve(options.logFile ?? join(workDir, "postgres.log")),
  };
}

/** After a kill, old backends need a moment to see it; until then Postgres refuses to start beside them. */
async function startServer(server: SupervisedProcess, dataDir: string): Promise<void> {
  await endPreviousRun(join(dataDir, "postmaster.pid"), dataDir);
  let failure: unknown;
  const started = await waitUntil(
    async () => {
      try {
        await server.start();
        return true;
      } catch (error) {
        failure = error;
        if (error instanceof DevstackError && error.message.includes("pre-existing shared memory block")) {
          return false;
        }
        throw error;
      }
    },
    OLD_BACKENDS_TIMEOUT_MS,
    100,
  );
  if (!started) {
    throw failure;
  }
}

function processSpec(
  cluster: Cluster,
  port: number,
  settings: Readonly<Record<string, string>>,
): ProcessSpec {
  const { native, dataDir, user, entry, logFile } = cluster;
  const all = {
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: "",
    max_connections: "200",
    timezone: "UTC",
    log_timezone: "UTC",
    ...settings,
  };
  return {
    name: "Postgres",
    command: join(native, "bin", "postgres"),
    args: ["-D", entry.path, ...Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
    cwd: dataDir,
    env: postgresEnvironment(),
    user,
    directory: entry.descriptor,
    logFile,
    stopSignal: "INT",
    isReady: (pid) => isAccepting(dataDir, pid),
  };
}
