import { readdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { run, runQuietly } from "./child.mjs";
import { Failure, say } from "./output.mjs";
import { ROOT } from "./tools.mjs";
import { prepareWorkspace, turboCommand } from "./workspace.mjs";

const USAGE = "Usage: node infra/toolchain/run.mjs deploy [--built] <app> <empty folder>";
/** Installs and builds nothing: a build puts files anew that others, who have built the same, may be reading. */
const BUILT = "--built";

/** An app with all it needs to run and nothing else, in a folder of its own: what an image holds. Answers the exit code. */
export async function deploy(tools, args) {
  const [app, folder, ...rest] = args.filter((each) => each !== BUILT);
  if (app === undefined || folder === undefined || rest.length > 0) throw new Failure(USAGE);
  const apps = await readdir(join(ROOT, "apps"));
  if (!apps.includes(app)) throw new Failure(`There is no app ${app}: ${apps.join(", ")}.`);
  const target = resolve(folder);
  if ((await readdir(target).catch(() => [])).length > 0) throw new Failure(`${target} is not empty.`);
  if (!args.includes(BUILT)) {
    const turbo = ["run", "build", `--filter=@cc-ingest/${app}`, "--output-logs=errors-only"];
    const code = await prepareWorkspace(tools, () =>
      run(turboCommand(), turbo, { cwd: ROOT, env: tools.env }),
    );
    if (code !== 0) return code;
  }
  const options = [
    "--prod",
    // Those of the command line are whole database servers, for "ccingest up".
    "--no-optional",
    // Nothing is shared with pnpm's store, so the files may be given other permissions.
    "--config.package-import-method=copy",
  ];
  const { ok, output } = await runQuietly(
    `Gathering ${app} in ${target}`,
    "pnpm",
    ["--filter", `@cc-ingest/${app}`, "deploy", ...options, target],
    { cwd: ROOT, env: tools.env },
  );
  if (!ok) {
    say(output);
    throw new Failure(`${app} can't be gathered; pnpm's reason stands above.`);
  }
  await prune(target);
  return 0;
}

/** What compilers, editors and package managers read, in any folder. Node runs no TypeScript below node_modules. */
const TYPES =
  /^(\.bin|@types(\+.*)?|undici-types(@.*)?|\.modules\.yaml|\.pnpm-workspace-state.*|lock\.yaml)$|\.([cm]?ts|map)$/;
/** What our own packages are made of. */
const SOURCES = /^(src|fixtures|\.turbo|tsconfig.*|turbo\.json|vitest\..*|pnpm-.*\.yaml)$/;

async function prune(target) {
  await removeBelow(target, TYPES);
  const store = join(target, "node_modules", ".pnpm");
  const packages = (await readdir(store))
    .map((name) => /^(@cc-ingest)\+([a-z-]+)@/.exec(name))
    .filter((match) => match !== null)
    .map(({ input, 1: scope, 2: name }) => join(store, input, "node_modules", scope, name));
  for (const folder of [target, ...packages]) await remove(folder, SOURCES);
}

async function removeBelow(folder, names) {
  await remove(folder, names);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    // Links lead to folders that are gone through anyway.
    if (entry.isDirectory()) await removeBelow(join(folder, entry.name), names);
  }
}

async function remove(folder, names) {
  for (const name of await readdir(folder)) {
    if (names.test(name)) await rm(join(folder, name), { recursive: true });
  }
}
