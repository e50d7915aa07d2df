import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { drainBacklog, emptyTables } from "../backlog.ts";
import { jobMessages } from "../messages.ts";
import { type Finding, median, note } from "../report.ts";
import { startService } from "../service.ts";
import { jobFeed, startStack } from "../stack.ts";

const JOBS = 75_000;
const ROUNDS = 7;
const GOAL = 0.95;

/** Job starts through one process with every batch traced and metrics sent, beside one without: the two alternate. */
export async function tracing(): Promise<Finding> {
  await using collector = await startSink();
  await using stack = await startStack();
  const rate = async (round: number, env: Readonly<Record<string, string>>): Promise<number> => {
    await using service = await startService(jobFeed.durable, { ...stack.env, ...env });
    const messages = jobMessages({ jobs: JOBS, seed: round, startsOnly: true });
    const { events, seconds } = await drainBacklog(stack, [service], messages, jobFeed);
    await emptyTables(stack);
    return events / seconds;
  };
  const ratios: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const off = await rate(round + 1, {});
    const on = await rate(round + 1, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    note(`tracing ${round}: off ${off.toFixed(0)}/s, on ${on.toFixed(0)}/s, ratio ${(on / off).toFixed(2)}`);
    if (round > 0) ratios.push(on / off);
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
