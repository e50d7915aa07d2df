import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Drained, drainBacklog, emptyTables } from "../backlog.ts";
import { jobMessages } from "../messages.ts";
import { type Finding, median, note } from "../report.ts";
import { startService } from "../service.ts";
import { jobFeed, startStack } from "../stack.ts";

const JOBS = 40_000;
const ROUNDS = 24;

/**
 * Job starts through one process with every batch traced and metrics sent, beside one with tracing off, as it is by default, and one
 * whose calls for tracing were taken out. Each has a broker and a database of its own, so that all stay warm while they take turns.
 * The first round does not count.
 */
export async function tracing(): Promise<readonly Finding[]> {
  await using collector = await startSink();
  const messages = jobMessages({ jobs: JOBS, seed: 1, startsOnly: true });
  const takeOut = new URL("../without-tracing.ts", import.meta.url).href;
  await using none = await startSide({ NODE_OPTIONS: `--import=${takeOut}` });
  await using off = await startSide({});
  await using on = await startSide({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  const sides = { none, off, on };
  const rounds: Round[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const drained = await takeTurns(sides, round, messages);
    note(`tracing ${round}: ${Object.entries(drained).map(told).join("; ")}`);
    if (round > 0) rounds.push(drained);
  }
  return [
    {
      ...compare("on", "off", rounds, 0.95),
      what: `starts with every batch traced, against tracing off (${collector.requests()} exports taken)`,
    },
    { ...compare("off", "none", rounds, 0.98), what: "starts with tracing off, against no call for tracing" },
  ];
}

type Name = "none" | "off" | "on";
type Round = Readonly<Record<Name, Drained>>;

/** Whoever comes next finds the machine as the one before has left it: every order has its turn. */
const orders: readonly (readonly Name[])[] = [
  ["none", "off", "on"],
  ["on", "off", "none"],
  ["off", "on", "none"],
  ["none", "on", "off"],
  ["on", "none", "off"],
  ["off", "none", "on"],
];

async function takeTurns(
  sides: Readonly<Record<Name, Side>>,
  round: number,
  messages: readonly Uint8Array[],
): Promise<Round> {
  const drained: Partial<Record<Name, Drained>> = {};
  for (const name of orders[round % orders.length] ?? []) drained[name] = await sides[name].drain(messages);
  return drained as Round;
}

function compare(name: Name, base: Name, rounds: readonly Round[], goal: number): Omit<Finding, "what"> {
  const ratios = rounds.map((round) => rate(round[name]) / rate(round[base]));
  const cpu = (which: Name): string => median(rounds.map((round) => round[which].cpu.service)).toFixed(1);
  const ratio = median(ratios);
  return {
    figure: `${ratio.toFixed(3)} ×`,
    goal: `≥ ${goal}`,
    met: ratio >= goal,
    detail: `${cpu(name)} against ${cpu(base)} µs of the service's CPU per event; ratios ${ratios.map((each) => each.toFixed(2)).join(" ")}`,
  };
}

const rate = ({ events, seconds }: Drained): number => events / seconds;

const told = ([name, drained]: readonly [string, Drained]): string =>
  `${name} ${rate(drained).toFixed(0)}/s, ${drained.cpu.service.toFixed(1)} µs`;

interface Side extends AsyncDisposable {
  /** Lets the service at the messages, and leaves the tables empty. */
  readonly drain: (messages: readonly Uint8Array[]) => Promise<Drained>;
}

async function startSide(env: Readonly<Record<string, string>>): Promise<Side> {
  const resources = new AsyncDisposableStack();
  const stack = resources.use(await startStack());
  const service = resources.use(await startService(jobFeed.durable, { ...stack.env, ...env }));
  return {
    async drain(messages) {
      const drained = await drainBacklog(stack, [service], messages, jobFeed);
      await emptyTables(stack);
      return drained;
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

interface Sink extends AsyncDisposable {
  readonly url: string;
  readonly requests: () => number;
}

/** A collector that takes everything and looks at nothing, so that its work is not measured. */
async function startSink(): Promise<Sink> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    request.resume().once("end", () => response.writeHead(200).end());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
