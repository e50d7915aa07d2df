import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { asText, failuresOf } from "./report.ts";
import { run } from "./run.ts";

const HELP = `Runs the services under load while something fails about every five seconds, and compares what they stored with a run of the same
messages without faults.

  pnpm faults [--minutes N] [--seed N] [--rate N] [--report FILE]

  --minutes  how long things fail; at least 1                                    (default 60)
  --seed     decides which faults and which messages                             (default 1)
  --rate     jobs started per second; each gives about two and a half messages   (default 20)
  --report   where the report goes as JSON                                       (default .cc-ingest/faults/seed-N.json)

Three brokers, Postgres and two replicas of each service run as processes of this machine, with a network that can fail between them; what dies
is started again, as Kubernetes does. Ctrl-C ends the faults early, and judges what has happened until then.

Exit code 0: nothing lost, invented or diverged, and all worked off within two minutes after the last fault. 1: not so. 2: wrong options.
`;

interface Options {
  readonly minutes: number;
  readonly seed: number;
  readonly rate: number;
  readonly report: string;
}

/** @throws an error whose message says what is wrong with them */
function readOptions(): Options | "help" {
  const { values } = parseArgs({
    options: {
      help: { type: "boolean", short: "h", default: false },
      minutes: { type: "string", default: "60" },
      seed: { type: "string", default: "1" },
      rate: { type: "string", default: "20" },
      report: { type: "string" },
    },
  });
  if (values.help) return "help";
  const seed = wholeNumber("--seed", values.seed);
  const root = fileURLToPath(new URL("../../../../", import.meta.url));
  return {
    minutes: wholeNumber("--minutes", values.minutes),
    seed,
    rate: wholeNumber("--rate", values.rate),
    // Relative to where pnpm was called.
    report:
      values.report === undefined
        ? resolve(root, `.cc-ingest/faults/seed-${seed}.json`)
        : resolve(process.env["INIT_CWD"] ?? "", values.report),
  };
}

function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new Error(`${name} must be a whole number from 1 on, not "${text}"`);
  return Number(text);
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main({ minutes, seed, rate, report }: Options): Promise<void> {
  const stop = new AbortController();
  process.once("SIGINT", () => {
    say("no more faults; what has happened is judged");
    stop.abort();
  });
  const outcome = await run({ minutes, seed, jobsPerSecond: rate, stop: stop.signal, say });
  const failures = failuresOf(outcome);
  await mkdir(dirname(report), { recursive: true });
  await writeFile(report, `${JSON.stringify({ ...outcome, failures }, null, 2)}\n`);
  say(asText(outcome));
  for (const failure of failures) say(`FAILED: ${failure}`);
  say(`The whole report is in ${report}`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

let options: Options | "help" | undefined;
try {
  options = readOptions();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  process.exitCode = 2;
}
if (options === "help") process.stdout.write(HELP);
else if (options !== undefined) await main(options);
