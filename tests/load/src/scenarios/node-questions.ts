import pg from "pg";
import { BEGIN, CLUSTER, DAYS, END, NODES, fillNodeHistory } from "../node-history.ts";
import { type Finding, median, note } from "../report.ts";
import { startStack } from "../stack.ts";

const GOAL_MS = 200;
const ROUNDS = 20;
const DAY = 86_400;

/** What operators ask of the history, as dashboards do. */
const questions: Readonly<Record<string, string>> = {
  "down minutes and times down per node, 30 days": `SELECT * FROM node_down_time('${CLUSTER}', ${BEGIN}, ${END})`,
  "flapping nodes, last day": `SELECT * FROM node_down_time('${CLUSTER}', ${END - DAY}, ${END}) WHERE times_down >= 3`,
  "nodes per state, 30 days in 1,000 points": `SELECT * FROM nodes_per_state('${CLUSTER}', ${BEGIN}, ${END}, ${(DAYS * DAY) / 1_000})`,
  "nodes per state, 30 days in steps of ten minutes": `SELECT * FROM nodes_per_state('${CLUSTER}', ${BEGIN}, ${END}, 600)`,
  "nodes per state, 3 days in 1,000 points": `SELECT * FROM nodes_per_state('${CLUSTER}', ${BEGIN + 10 * DAY}, ${BEGIN + 13 * DAY}, 259)`,
  "nodes per state, one day by the minute": `SELECT * FROM nodes_per_state('${CLUSTER}', ${BEGIN + 10 * DAY}, ${BEGIN + 11 * DAY}, 60)`,
  "a node's states, 30 days": `SELECT * FROM node_state_change WHERE node_id = 500 AND time_stamp BETWEEN ${BEGIN} AND ${END} ORDER BY time_stamp`,
  "allocation of every node": `SELECT * FROM node_allocation WHERE cluster = '${CLUSTER}'`,
};

/** Questions to 43.2 M reports: how long the answers take, and that no report is read for them. */
export async function nodeQuestions(): Promise<Finding[]> {
  await using stack = await startStack();
  await fillNodeHistory(stack);
  const client = new pg.Client({ connectionString: stack.databaseUrl });
  await client.connect();
  const findings: Finding[] = [];
  try {
    const { rows: told } = await client.query<{ minutes: number; counted: number }>(`SELECT
      (SELECT sum(down_seconds) / 60 FROM node_down_time('${CLUSTER}', ${BEGIN}, ${END}))::float8 AS minutes,
      (SELECT count(*) FROM node_state WHERE node_state = 'down' AND time_stamp < ${END - 60})::float8 AS counted`);
    if (told[0]?.minutes !== told[0]?.counted)
      throw new Error(`down minutes are wrong: ${JSON.stringify(told)}`);
    note(`node questions: ${told[0]?.minutes} minutes down, as counted in the history`);
    for (const [what, text] of Object.entries(questions)) {
      const times: number[] = [];
      let answers = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const begin = performance.now();
        answers = (await client.query(text)).rows.length;
        times.push(performance.now() - begin);
      }
      const typical = median(times);
      findings.push({
        what: `${what}, of ${DAYS} days × ${NODES} nodes × 1/min`,
        figure: `${typical.toFixed(0)} ms`,
        goal: `≤ ${GOAL_MS} ms`,
        met: typical <= GOAL_MS,
        detail: `median of ${ROUNDS}, slowest ${Math.max(...times).toFixed(0)} ms; ${answers} rows`,
      });
    }
  } finally {
    await client.end();
  }
  return findings;
}
