import { copyFloor, drainBacklog, emptyTables } from "../backlog.ts";
import { type Finding, median, note } from "../report.ts";
import { startService } from "../service.ts";
import { type Feed, type LoadStack, startStack } from "../stack.ts";

export interface ThroughputOptions {
  readonly name: string;
  readonly feed: Feed;
  readonly messages: (round: number) => Uint8Array[];
  /** What a message counts as: events, or rows. */
  readonly perMessage: number;
  readonly table: Parameters<typeof copyFloor>[1];
  readonly rounds: number;
  readonly goal: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Something more to report, asked of each round's tables. */
  readonly look?: (stack: LoadStack) => Promise<string>;
}

/**
 * A backlog of messages through one process, beside COPY of the rows they end in: product and floor alternate. The first round
 * warms both up and does not count.
 */
export async function throughput(options: ThroughputOptions): Promise<Finding> {
  const { name, feed, messages, perMessage, table, rounds, goal, env = {}, look } = options;
  await using stack = await startStack();
  await using service = await startService(feed.durable, { ...stack.env, ...env });
  const ratios: number[] = [];
  const rates: number[] = [];
  const floors: number[] = [];
  let seen = "";
  for (let round = 0; round <= rounds; round++) {
    const { events, seconds, cpu } = await drainBacklog(stack, [service], messages(round + 1), feed);
    if (look !== undefined) seen = `; ${await look(stack)}`;
    const floor = await copyFloor(stack, table);
    await emptyTables(stack);
    const [rate, floorRate] = [(events * perMessage) / seconds, floor.rows / floor.seconds];
    const shares = [cpu.service, cpu.postgres, cpu.broker].map((us) => (us / perMessage).toFixed(1));
    note(
      `${name} ${round}: ${rate.toFixed(0)}/s, COPY ${floorRate.toFixed(0)} rows/s, ratio ${(rate / floorRate).toFixed(2)}; ` +
        `CPU µs each: service + postgres + broker = ${shares.join(" + ")}`,
    );
    if (round === 0) continue;
    ratios.push(rate / floorRate);
    rates.push(rate);
    floors.push(floorRate);
  }
  const ratio = median(ratios);
  return {
    what: `${name}, one process, against COPY of the rows`,
    figure: `${ratio.toFixed(2)} ×`,
    goal: `≥ ${goal}`,
    met: ratio >= goal,
    detail: `${median(rates).toFixed(0)}/s, COPY ${median(floors).toFixed(0)} rows/s; ratios ${ratios.map((r) => r.toFixed(2)).join(" ")}; peak RSS ${service.memory().peak.toFixed(0)} MB${seen}`,
  };
}
