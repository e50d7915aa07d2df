import { copyFloor, drainBacklog, emptyTables } from "../backlog.ts";
import { jobMessages } from "../messages.ts";
import { type Finding, median, note } from "../report.ts";
import { startService } from "../service.ts";
import { jobFeed, startStack } from "../stack.ts";

interface ThroughputOptions {
  readonly jobs: number;
  readonly rounds: number;
  readonly startsOnly: boolean;
  readonly goal: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly name: string;
}

/**
 * A backlog of job events through one process, beside COPY of the rows they end in: product and floor alternate. The first round
 * warms both up and does not count.
 */
export async function throughput(options: ThroughputOptions): Promise<Finding> {
  const { jobs, rounds, startsOnly, goal, env = {}, name } = options;
  await using stack = await startStack();
  await using service = await startService(jobFeed.durable, { ...stack.env, ...env });
  const ratios: number[] = [];
  const rates: number[] = [];
  const floors: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const { events, seconds, cpu } = await drainBacklog(
      stack,
      [service],
      jobMessages({ jobs, seed: round + 1, startsOnly }),
    );
    const floor = await copyFloor(stack);
    await emptyTables(stack);
    const [rate, floorRate] = [events / seconds, floor.rows / floor.seconds];
    const shares = [cpu.service, cpu.postgres, cpu.broker].map((us) => us.toFixed(0)).join(" + ");
    note(
      `${name} ${round}: ${rate.toFixed(0)}/s, COPY ${floorRate.toFixed(0)} rows/s, ratio ${(rate / floorRate).toFixed(2)}; ` +
        `CPU µs per event: service + postgres + broker = ${shares}`,
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
    detail: `${median(rates).toFixed(0)} events/s, COPY ${median(floors).toFixed(0)} rows/s; ratios ${ratios.map((r) => r.toFixed(2)).join(" ")}; peak RSS ${service.memory().peak.toFixed(0)} MB`,
  };
}
