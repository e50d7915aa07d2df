import { drainBacklog, emptyTables } from "../backlog.ts";
import { nodeRounds } from "../node-reports.ts";
import { type Finding, median, note } from "../report.ts";
import { startService } from "../service.ts";
import { nodeFeed, startStack } from "../stack.ts";

const NODES = 10_000;
const INTERVAL_SECONDS = 10;
const REPORTS = 40;
const ROUNDS = 5;
const GOAL = 10;

/** How many times faster than they come the reports of a large cluster are taken, by one process beside its Postgres. */
export async function manyNodes(): Promise<Finding> {
  await using stack = await startStack();
  await using service = await startService(nodeFeed.durable, stack.env);
  const reportsOf = nodeRounds({ nodes: NODES, reports: REPORTS, intervalSeconds: INTERVAL_SECONDS });
  const rates: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const messages = reportsOf(round);
    const { events, seconds } = await drainBacklog(stack, [service], messages, nodeFeed);
    await emptyTables(stack);
    const rate = (events * 1_000) / seconds;
    note(`many nodes ${round}: ${rate.toFixed(0)} reports/s`);
    if (round > 0) rates.push(rate);
  }
  const needed = NODES / INTERVAL_SECONDS;
  const headroom = median(rates) / needed;
  return {
    what: `${NODES} nodes that report every ${INTERVAL_SECONDS} s, headroom of one process`,
    figure: `${headroom.toFixed(0)} ×`,
    goal: `≥ ${GOAL}`,
    met: headroom >= GOAL,
    detail: `${median(rates).toFixed(0)} reports/s where ${needed} come; peak RSS ${service.memory().peak.toFixed(0)} MB`,
  };
}
