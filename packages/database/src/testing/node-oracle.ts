import type { ResolvedState } from "../schema.js";
import type { NodeEvent } from "../nodes/model.js";
import { compareText } from "../jobs/compare-text.js";

/** The tables as sorted lines of text, for comparison as a whole. */
export interface NodeTables {
  readonly history: readonly string[];
  readonly newest: readonly string[];
  readonly changes: readonly string[];
  readonly perState: readonly string[];
}

interface Report {
  readonly hostname: string;
  readonly second: number;
  readonly state: ResolvedState;
  readonly line: string;
}

/** What the tables must hold: all reports sorted by time, then content; of one second the last stands. As simple as can be. */
export function nodeOracle(events: readonly NodeEvent[]): NodeTables {
  const seconds = new Map<string, Report>();
  for (const { eventTime, node } of sorted(events)) {
    const { hostname, state, states, jobsRunning } = node;
    const second = Number(eventTime / 1_000_000_000n);
    const line = `${hostname} ${second} ${state} ${states.join()} jobs=${jobsRunning}`;
    seconds.set(`${hostname} ${second}`, { hostname, second, state, line });
  }
  const newest = new Map<string, Report>();
  const changes: string[] = [];
  const counts = new Map<string, number>();
  const count = (second: number, state: string, by: number): void => {
    const key = `${Math.floor(second / 300) * 300} ${state}`;
    counts.set(key, (counts.get(key) ?? 0) + by);
  };
  for (const report of seconds.values()) {
    const previous = newest.get(report.hostname)?.state;
    newest.set(report.hostname, report);
    if (previous === report.state) continue;
    changes.push(`${report.hostname} ${report.second} ${previous ?? "-"} → ${report.state}`);
    count(report.second, report.state, 1);
    if (previous !== undefined) count(report.second, previous, -1);
  }
  return {
    history: [...seconds.values()].map(({ line }) => line).toSorted(compareText),
    newest: [...newest.values()].map(({ line }) => line).toSorted(compareText),
    changes: changes.toSorted(compareText),
    perState: [...counts]
      .filter(([, sum]) => sum !== 0)
      .map(([key, sum]) => `${key} ${sum}`)
      .toSorted(compareText),
  };
}

function sorted(events: readonly NodeEvent[]) {
  return events
    .flatMap(({ eventTime, nodes }) => nodes.nodes.map((node) => ({ eventTime, node })))
    .toSorted(
      (a, b) =>
        Number(a.eventTime - b.eventTime) ||
        a.node.jobsRunning - b.node.jobsRunning ||
        compareText(a.node.states.join("\n"), b.node.states.join("\n")),
    );
}
