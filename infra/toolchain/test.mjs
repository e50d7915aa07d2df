import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { run, runAndCollect } from "./child.mjs";
import { findLeakedSecrets } from "./leaked-secrets.mjs";
import { addSecrets, lastLine, sumUp } from "./reports.mjs";
import { testPackages } from "./test-packages.mjs";
import { ROOT } from "./tools.mjs";
import { readExitCodes, removeSummaries } from "./turbo-summary.mjs";
import { prepareWorkspace, turboCommand } from "./workspace.mjs";

/** Written by each package's vitest in the package's folder, then gathered in this folder of the root. */
const REPORTS = ".reports";
const REPORT = join(REPORTS, "vitest.json");

/** Builds, checks and tests everything, going on after failures so that all of them are seen. */
export async function test(tools) {
  const packages = await testPackages();
  for (const directory of [ROOT, ...packages.map((each) => each.directory)]) {
    await rm(join(directory, REPORTS), { recursive: true, force: true });
  }
  await removeSummaries();
  const outputs = join(ROOT, REPORTS, "outputs");
  await mkdir(outputs, { recursive: true });
  const turboArguments = (tasks, options) => [
    "run",
    ...tasks,
    "--summarize",
    "--continue=dependencies-successful",
    ...options,
  ];
  const turbo = (tasks, ...options) =>
    run(turboCommand(), turboArguments(tasks, options), { cwd: ROOT, env: tools.env });
  const quiet = "--output-logs=errors-only";
  const prepared = await prepareWorkspace(tools, () => turbo(["build"], quiet));
  const checked = await turbo(["typecheck", "//#lint"], quiet);
  // Two at a time, for two cores: each package's tests start servers of their own.
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${REPORT}`];
  const tested = await runAndCollect(
    turboCommand(),
    turboArguments(["test"], ["--concurrency=2", "--", ...reporters]),
    { cwd: ROOT, env: { ...tools.env, CC_INGEST_OUTPUTS: outputs } },
  );
  const turboExitCodes = [prepared, checked, tested.code];
  const exitCodes = await readExitCodes();
  if (turboExitCodes.some((code) => code !== 0) && [...exitCodes.values()].every((code) => code === 0)) {
    exitCodes.set("//#turbo", 1);
  }
  const total = sumUp(await gatherReports(packages), exitCodes, ROOT);
  addSecrets(total, await findLeakedSecrets(outputs, new Map([["a test runner", tested.output]])));
  await rm(outputs, { recursive: true });
  return conclude(total);
}

async function gatherReports(packages) {
  await mkdir(join(ROOT, REPORTS), { recursive: true });
  const reports = new Map();
  for (const { name, directory } of packages) {
    const gathered = join(ROOT, REPORTS, `${name.replaceAll("/", "-")}.json`);
    try {
      await rename(join(directory, REPORT), gathered);
      reports.set(name, JSON.parse(await readFile(gathered, "utf8")));
    } catch {
      // None, or half of one: the test run crashed.
      reports.set(name, undefined);
    }
  }
  return reports;
}

function conclude(total) {
  const failures = total.failures.map((line) => `  ${line}\n`);
  process.stdout.write(failures.length === 0 ? "\n" : `\nFailed:\n${failures.join("")}\n`);
  process.stdout.write(`${lastLine(total)}\n`);
  return total.failed === 0 ? 0 : 1;
}
