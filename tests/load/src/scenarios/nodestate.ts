import { simulate, defaultOptions } from "@cc-ingest/simulation";
import { sql } from "kysely";
import { copyFloor, drainBacklog, emptyTables } from "../backlog.ts";
import { type Finding, median, note } from "../report.ts";
import { startService } from "../service.ts";
import { type LoadStack, nodeFeed, startStack } from "../stack.ts";

const NODES = 1_000;
const MESSAGES = 400;
const ROUNDS = 7;
const GOAL = 0.5;

/** A backlog of node reports, a thousand nodes to a message, beside COPY of the rows they end in: product and floor alternate. */
export async function nodestate(): Promise<Finding> {
  await using stack = await startStack();
  await using service = await startService(nodeFeed.durable, stack.env);
  const ratios: number[] = [];
  const rates: number[] = [];
  const floors: number[] = [];
  let size = "";
  for (let round = 0; round <= ROUNDS; round++) {
    const { seconds, cpu } = await drainBacklog(stack, [service], reports(round + 1), nodeFeed);
    size = await sizePerMillion(stack);
    const floor = await copyFloor(stack, "node_state");
    await emptyTables(stack);
    const [rate, floorRate] = [(MESSAGES * NODES) / seconds, floor.rows / floor.seconds];
    const shares = [cpu.service, cpu.postgres, cpu.broker].map((us) => (us / NODES).toFixed(1)).join(" + ");
    note(
      `nodestate ${round}: ${rate.toFixed(0)} rows/s, COPY ${floorRate.toFixed(0)} rows/s, ratio ${(rate / floorRate).toFixed(2)}; ` +
        `CPU µs per row: service + postgres + broker = ${shares}`,
    );
    if (round === 0) continue;
    ratios.push(rate / floorRate);
    rates.push(rate);
    floors.push(floorRate);
  }
  const ratio = median(ratios);
  return {
    what: "node states, 1,000 nodes to a message, one process, against COPY of the rows",
    figure: `${ratio.toFixed(2)} ×`,
    goal: `≥ ${GOAL}`,
    met: ratio >= GOAL,
    detail: `${median(rates).toFixed(0)} rows/s, COPY ${median(floors).toFixed(0)} rows/s; ratios ${ratios.map((r) => r.toFixed(2)).join(" ")}; peak RSS ${service.memory().peak.toFixed(0)} MB; ${size}`,
  };
}

/** Reports of one cluster, a minute apart, in which jobs come and go. */
function reports(seed: number): Uint8Array[] {
  const all = simulate({
    ...defaultOptions,
    nodes: NODES,
    nodesPerMessage: NODES,
    jobsPerSecond: 1,
    scriptBytes: 0,
    startTime: 1_760_000_000_000,
    durationSeconds: MESSAGES * defaultOptions.nodeIntervalSeconds,
    seed,
  });
  return [...all].flatMap(({ kind, bytes }) => (kind === "nodestate" ? [bytes] : []));
}

async function sizePerMillion({ db }: LoadStack): Promise<string> {
  const { rows } = await sql<{ table: number; index: number }>`
    SELECT sum(pg_table_size(relid))::float8 AS table, sum(pg_indexes_size(relid))::float8 AS index
    FROM pg_partition_tree('node_state') WHERE isleaf`.execute(db);
  const megabytes = (bytes = 0): string => (((bytes / (MESSAGES * NODES)) * 1e6) / 1e6).toFixed(0);
  return `per million samples ${megabytes(rows[0]?.table)} MB of table, ${megabytes(rows[0]?.index)} MB of index`;
}
