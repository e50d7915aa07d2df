import { execFile } from "node:child_process";
import { chown, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { DevstackError, messageOf } from "../errors.js";
import type { OrdinaryUser } from "./ordinary-user.js";

const run = promisify(execFile);

const PASSWORD_FILE = "cc-ingest.password";
export const SUPERUSER = "postgres";

export interface ClusterOptions {
  readonly native: string;
  readonly dataDir: string;
  readonly user: OrdinaryUser | undefined;
  /** For one that is set up now; one that exists keeps its own. */
  readonly password: string;
  /** A cluster that does not outlive the run need not be flushed to disk. */
  readonly sync: boolean;
}

/** Sets up the data directory unless it is already; answers the superuser's password. */
export async function initCluster(options: ClusterOptions): Promise<string> {
  const { dataDir } = options;
  const found = await readFile(join(dataDir, "PG_VERSION"), "utf8").catch(() => undefined);
  if (found === undefined) {
    await create(options);
    return options.password;
  }
  const wanted = await majorVersion(options.native);
  if (found.trim() !== wanted) {
    throw new DevstackError(
      "data_directory_unusable",
      `${dataDir} was made by PostgreSQL ${found.trim()}, this is ${wanted}. Choose another directory.`,
    );
  }
  try {
    return (await readFile(join(dataDir, PASSWORD_FILE), "utf8")).trim();
  } catch (cause) {
    throw new DevstackError(
      "data_directory_unusable",
      `${dataDir} is a Postgres data directory that cc-ingest did not make or may not read. Choose another one.`,
      { cause },
    );
  }
}

/** In a folder beside it and then renamed: a run that is killed meanwhile leaves no half of a cluster. */
async function create({ native, dataDir, user, password, sync }: ClusterOptions): Promise<void> {
  const fresh = `${dataDir}.new`;
  const passwordFile = join(fresh, PASSWORD_FILE);
  try {
    await rm(fresh, { recursive: true, force: true });
    await mkdir(dirname(dataDir), { recursive: true });
    await mkdir(fresh, { mode: 0o700 });
    const secret = `${fresh}.password`;
    await writeFile(secret, `${password}\n`, { mode: 0o600 });
    if (user !== undefined) {
      await chown(fresh, user.uid, user.gid);
      await chown(secret, user.uid, user.gid);
    }
    try {
      await run(
        join(native, "bin", "initdb"),
        [...initdbArguments(fresh, secret), ...(sync ? [] : ["--no-sync"])],
        {
          cwd: "/",
          env: { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" },
          ...user,
        },
      );
      await rename(secret, passwordFile);
    } finally {
      await rm(secret, { force: true });
    }
    await rename(fresh, dataDir);
  } catch (cause) {
    await rm(fresh, { recursive: true, force: true });
    throw new DevstackError(
      "data_directory_unusable",
      `The Postgres data directory ${dataDir} cannot be set up: ${messageOf(cause)
        .trim()
        .replaceAll(/\s*\n\s*/g, "; ")}`,
      { cause },
    );
  }
}

function initdbArguments(dataDir: string, secret: string): string[] {
  return [
    `--pgdata=${dataDir}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${secret}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
  ];
}

async function majorVersion(native: string): Promise<string> {
  const { stdout } = await run(join(native, "bin", "postgres"), ["--version"]);
  return /(\d+)/.exec(stdout)?.[1] ?? "";
}
