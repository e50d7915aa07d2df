import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { drainBacklog, emptyTables } from "../backlog.ts";
import { jobMessages } from "../messages.ts";
import { type Finding, median, note } from "../report.ts";
import { startService } from "../service.ts";
import { jobFeed, startStack } from "../stack.ts";

const JOBS = 40_000;
const ROUNDS = 25;
const GOAL = 0.95;

/**
 * Job starts through one process with every batch traced and metrics sent, beside one without. Each has a broker and a database of its
 * own, so that both stay warm while the two take turns. The first round does not count.
 */
export async function tracing(): Promise<Finding> {
  await using collector = await startSink();
  const messages = jobMessages({ jobs: JOBS, seed: 1, startsOnly: true });
  await using off = await startSide({});
  await using on = await startSide({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  const ratios: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    // Whoever comes second finds the machine as the first has left it: they swap.
    const rates = new Map<Side, number>();
    for (const side of round % 2 === 0 ? [off, on] : [on, off]) rates.set(side, await side.rateOf(messages));
    const [without = 0, traced = 0] = [rates.get(off), rates.get(on)];
    const ratio = traced / without;
    note(
      `tracing ${round}: off ${without.toFixed(0)}/s, on ${traced.toFixed(0)}/s, ratio ${ratio.toFixed(2)}`,
    );
    if (round > 0) ratios.push(ratio);
  }
  const ratio = median(ratios);
  return {
    what: "starts with every batch traced, against none",
    figure: `${ratio.toFixed(2)} ×`,
    goal: `≥ ${GOAL}`,
    met: ratio >= GOAL,
    detail: `ratios ${ratios.map((each) => each.toFixed(2)).join(" ")}; ${collector.requests()} exports taken`,
  };
}

interface Side extends AsyncDisposable {
  /** Drains the messages, and leaves the tables empty: events per second. */
  readonly rateOf: (messages: readonly Uint8Array[]) => Promise<number>;
}

async function startSide(env: Readonly<Record<string, string>>): Promise<Side> {
  const resources = new AsyncDisposableStack();
  const stack = resources.use(await startStack());
  const service = resources.use(await startService(jobFeed.durable, { ...stack.env, ...env }));
  return {
    async rateOf(messages) {
      const { events, seconds } = await drainBacklog(stack, [service], messages, jobFeed);
      await emptyTables(stack);
      return events / seconds;
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
