import { randomBytes } from "node:crypto";
import { chown, mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { DevstackError } from "../errors.js";
import { startGuard, type Guard } from "../guard.js";
import { endPreviousRun } from "../previous-run.js";
import { SupervisedProcess, type ProcessSpec } from "../supervised-process.js";
import { withPort } from "../with-port.js";
import { waitUntil } from "../wait-until.js";
import { closedDirectory, makeWorkDirectory } from "../work-directory.js";
import { copyBinaries, findBinaries, makeLinks } from "./binaries.js";
import { createDatabase, dropDatabase, serverVersion } from "./databases.js";
import { initCluster, SUPERUSER } from "./init-cluster.js";
import { isAccepting } from "./is-accepting.js";
import { ordinaryUser, type OrdinaryUser } from "./ordinary-user.js";
import type { PostgresOptions, PostgresServer } from "./start-postgres.js";

const OLD_BACKENDS_TIMEOUT_MS = 15_000;

interface Cluster {
  readonly native: string;
  readonly dataDir: string;
  readonly user: OrdinaryUser | undefined;
  readonly password: string;
  readonly logFile: string;
}

export async function startOwnPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const packaged = findBinaries();
  const workDir = await makeWorkDirectory("postgres");
  const guard = startGuard(workDir);
  try {
    const cluster = await prepareCluster(options, packaged, workDir);
    return await withPort(options.port, async (port) => {
      const child = new SupervisedProcess(processSpec(cluster, port, options.settings ?? {}), guard);
      await startServer(child, cluster.dataDir);
      return describe(cluster, port, child, guard);
    });
  } catch (error) {
    await guard.close();
    throw error;
  }
}

async function describe(
  { dataDir, password }: Cluster,
  port: number,
  child: SupervisedProcess,
  guard: Guard,
): Promise<PostgresServer> {
  const url = `postgres://${SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
  return {
    url,
    port,
    dataDir,
    version: await serverVersion(url),
    source: "npm",
    createDatabase: (name, { template } = {}) => createDatabase(url, name, template),
    dropDatabase: (name) => dropDatabase(url, name),
    stop: () => child.stop(),
    kill: (signal = "SIGKILL") => child.kill(signal),
    restart: async () => {
      await child.stop();
      await startServer(child, dataDir);
    },
    [Symbol.asyncDispose]: async () => {
      await child.stop();
      await guard.close();
    },
  };
}

async function prepareCluster(options: PostgresOptions, packaged: string, workDir: string): Promise<Cluster> {
  const dataDir = resolve(options.dataDir ?? join(workDir, "data"));
  const user = await ordinaryUser(dataDir);
  await makeLinks(packaged);
  let native = packaged;
  if (user !== undefined) {
    await chown(workDir, user.uid, user.gid);
    await refuseUnreachable(dataDir, user);
    if ((await closedDirectory(packaged, user)) !== undefined) {
      native = join(workDir, "postgresql");
      await copyBinaries(packaged, native);
    }
  }
  const password = await initCluster({
    native,
    dataDir,
    user,
    password: randomBytes(16).toString("hex"),
    sync: options.dataDir !== undefined,
  });
  return {
    native,
    dataDir,
    user,
    password,
    logFile: resolve(options.logFile ?? join(workDir, "postgres.log")),
  };
}

async function refuseUnreachable(dataDir: string, user: OrdinaryUser): Promise<void> {
  const parent = dirname(dataDir);
  await mkdir(parent, { recursive: true });
  const closed = await closedDirectory(parent, user);
  if (closed !== undefined) {
    throw new DevstackError(
      "data_directory_unusable",
      `Postgres cannot run as root, and the ordinary user it runs as may not enter ${closed}, where ${dataDir} is. ` +
        `Choose a data directory outside it, below /var/tmp say, or run as an ordinary user.`,
    );
  }
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
  const { native, dataDir, user, logFile } = cluster;
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
    args: ["-D", dataDir, ...Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
    cwd: "/",
    env: { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" },
    ...user,
    logFile,
    stopSignal: "INT",
    isReady: (pid) => isAccepting(dataDir, pid),
  };
}
