// `npm start`, `npm test`, `npm run ccingest`, and what images hold: plain JavaScript without dependencies, because it runs before anything is installed,
// on whichever Node the machine has.
import { ccingest } from "./ccingest.mjs";
import { deploy } from "./deploy.mjs";
import { Failure, say } from "./output.mjs";
import { lastLine } from "./reports.mjs";
import { test } from "./test.mjs";
import { prepareTools } from "./tools.mjs";

const OLDEST_NODE = 20;
const [command, ...args] = process.argv.slice(2);

try {
  const major = Number.parseInt(process.versions.node, 10);
  if (major < OLDEST_NODE) {
    throw new Failure(`Node ${OLDEST_NODE} or newer is needed, this is ${process.version}.`);
  }
  const tools = await prepareTools();
  if (command === "start") {
    process.exitCode = await ccingest(tools, ["up", ...args]);
  } else if (command === "ccingest") {
    process.exitCode = await ccingest(tools, args);
  } else if (command === "test") {
    process.exitCode = await test(tools);
  } else if (command === "deploy") {
    process.exitCode = await deploy(tools, args);
  } else {
    throw new Failure("Usage: npm start [-- options] | npm test | npm run ccingest -- <command>");
  }
} catch (error) {
  if (!(error instanceof Failure)) {
    throw error;
  }
  say(error.message);
  if (command === "test") {
    process.stdout.write(`${lastLine({ passed: 0, failed: 1, skipped: 0 })}\n`);
  }
  process.exitCode = 1;
}
