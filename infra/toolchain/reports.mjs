import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";

const REASON_LINES = 12;
const REASON_WIDTH = 240;

/**
 * Sums up what happened. `reports`: package name → vitest's JSON report (undefined: there is none). `exitCodes`: task
 * name → exit code of each task that ran. Whatever failed counts at least once; each failure has a line that names it, and below
 * it the beginning of what was said of it.
 */
export function sumUp(reports, exitCodes, root) {
  const total = { passed: 0, failed: 0, skipped: 0, failures: [] };
  const fail = (what) => {
    total.failed += 1;
    total.failures.push(what);
  };
  for (const [task, exitCode] of exitCodes) {
    if (exitCode !== 0 && !task.endsWith("#test")) {
      fail(`${task.replace("//#", "").replace("#", " ")} failed`);
    }
  }
  for (const [name, report] of reports) {
    const exitCode = exitCodes.get(`${name}#test`);
    const failedBefore = total.failed;
    for (const file of report?.testResults ?? []) {
      addFile(total, fail, file, `${name} ${relative(root, file.name)}`);
    }
    if (exitCode === undefined) {
      fail(`${name}: its tests did not run, because something they need failed`);
    } else if (report === undefined) {
      fail(`${name}: its test run ended with exit code ${exitCode} and left no report`);
    } else if (exitCode !== 0 && total.failed === failedBefore) {
      fail(`${name}: its test run failed outside its tests (exit code ${exitCode})`);
    }
  }
  return total;
}

/** Counts as one test that no secret was put out; as none where no process was given one, because tests failed before. */
export function addSecrets(total, { secrets, leaks }) {
  total.failed += leaks.length;
  total.failures.push(...leaks);
  if (secrets > 0 && leaks.length === 0) total.passed += 1;
}

function addFile(total, fail, file, label) {
  const failedBefore = total.failed;
  for (const { status, fullName, failureMessages } of file.assertionResults) {
    if (status === "passed") {
      total.passed += 1;
    } else if (status === "failed") {
      fail(withReason(`${label} > ${fullName}`, failureMessages?.[0]));
    } else {
      total.skipped += 1;
    }
  }
  if (file.status === "failed" && total.failed === failedBefore) {
    fail(withReason(`${label}: failed outside its tests`, file.message));
  }
}

/** Without what the test runner says of its own calls, and no more than a screen's width and a dozen lines. */
function withReason(what, message = "") {
  const said = stripVTControlCharacters(message)
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^\s+at .*node_modules/.test(line));
  return [what, ...said.slice(0, REASON_LINES).map((line) => `    ${line.slice(0, REASON_WIDTH)}`)].join(
    "\n",
  );
}

/** "12 passed, 0 failed", and skipped ones when there are any. */
export function lastLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`;
}
