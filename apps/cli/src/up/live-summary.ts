import { setTimeout as delay } from "node:timers/promises";
import { createScreen } from "../shared/screen.js";
import { count, styled, table } from "../shared/terminal.js";
import type { Totals } from "../simulate/totals.js";
import { rowCount } from "../status/show-status.js";
import { type Status, problemsOf } from "../status/status.js";
import type { StatusReader } from "../status/status-reader.js";

export interface LiveSummaryOptions {
  readonly reader: StatusReader;
  /** What the simulation has sent so far; undefined without one. */
  readonly sent: () => Totals | undefined;
  readonly signal: AbortSignal;
}

const DRAW_EVERY_MS = 1_000;
const LINE_EVERY_MS = 5_000;

/** Until the signal aborts: redrawn in place on a terminal, one line every few seconds elsewhere. */
export async function showLive({ reader, sent, signal }: LiveSummaryOptions): Promise<void> {
  const screen = createScreen();
  const began = Date.now();
  while (!signal.aborted) {
    const status = await reader.read();
    if (signal.aborted) break;
    const elapsed = Math.round((Date.now() - began) / 1000);
    if (screen.inPlace) screen.draw(block(status, sent(), elapsed));
    else screen.draw(oneLine(status));
    await delay(screen.inPlace ? DRAW_EVERY_MS : LINE_EVERY_MS, undefined, { signal }).catch(() => {});
  }
  screen.end();
}

interface Figures {
  readonly eventsIn: number;
  readonly lag: number;
  readonly rejected: number;
}

function figures({ broker, database }: Status): Figures {
  const streams = broker.problem === undefined ? broker.streams : [];
  const working = streams.filter((stream) => stream.problem === undefined);
  const letters = database.problem === undefined ? Object.values(database.deadLetters) : [];
  return {
    eventsIn: working.reduce((sum, { lastSequence }) => sum + lastSequence, 0),
    lag: working.reduce((sum, { pending, ackPending }) => sum + pending + ackPending, 0),
    rejected: letters.reduce((sum, letter) => sum + letter, 0),
  };
}

/** Messages that are stored and not committed yet. */
export function lagOf(status: Status): number {
  return figures(status).lag;
}

function block(status: Status, sent: Totals | undefined, elapsed: number): string {
  const { eventsIn, lag, rejected } = figures(status);
  const { database } = status;
  const rows = [
    ["events in", count(eventsIn), sent === undefined ? "" : `simulated ${count(sent.messages)}`],
  ];
  rows.push(["lag", count(lag), "not committed yet"]);
  if (database.problem === undefined)
    rows.push(
      ["jobs", rowCount(database.jobs), `running ${count(database.runningJobs)}`],
      ["node states", rowCount(database.nodeStates), `nodes ${count(database.nodes)}`],
      ["rejected", rejected > 0 ? styled("yellow", count(rejected)) : "0", "dead letters"],
      ["parked", count(database.parkedStops), "stops that wait for their starts"],
    );
  const problems = problemsOf(status).map((problem) => `\n${styled("red", problem)}`);
  const head = `${styled("bold", "Running")} ${clock(elapsed)}   ${styled("dim", "Ctrl-C stops everything")}`;
  return `${head}\n${table(rows)}${problems.join("")}`;
}

export function oneLine(status: Status): string {
  const { eventsIn, lag, rejected } = figures(status);
  const { database } = status;
  const parts = [`events in ${count(eventsIn)}`];
  if (database.problem === undefined)
    parts.push(
      `jobs ${rowCount(database.jobs)} (running ${count(database.runningJobs)})`,
      `node states ${rowCount(database.nodeStates)}`,
    );
  parts.push(`lag ${count(lag)}`, `rejected ${count(rejected)}`);
  return [parts.join("   "), ...problemsOf(status)].join("   ");
}

function clock(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
