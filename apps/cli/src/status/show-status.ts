import type { Overview, RowCount } from "@cc-ingest/database";
import type { StreamStatus } from "@cc-ingest/service";
import { count, span, styled, table } from "../shared/terminal.js";
import type { BrokerStatus, DatabaseStatus, Replicas, ServiceStatus, Status } from "./status.js";

export function showStatus({ broker, database, services }: Status): string {
  return [showBroker(broker), showDatabase(database), ...showServices(services)].join("\n\n");
}

function showBroker(broker: BrokerStatus): string {
  const head = title("Broker", broker.address);
  if (broker.problem !== undefined) return `${head}\n  ${bad(broker.problem)}`;
  const titles = ["SUBJECT", "STREAM", "MESSAGES", "MB", "CONSUMER", "PENDING", "UNACKED", "REDELIVERED"];
  const rows = broker.streams.filter((stream) => stream.problem === undefined).map(streamRow);
  const shown = rows.length === 0 ? [] : [table([titles.map((each) => styled("dim", each)), ...rows])];
  const missing = broker.streams.flatMap(({ problem }) => (problem === undefined ? [] : [bad(problem)]));
  const streams = [`${head}, nats-server ${broker.version}`, ...[...shown, ...missing].map(indented)];
  return [streams.join("\n"), ...showReplicas(broker.replicas)].join("\n\n");
}

function showReplicas(replicas: Replicas): string[] {
  if (replicas.problem !== undefined)
    return [`${title("Replicas", "")}\n  ${styled("yellow", `not known: ${replicas.problem}`)}`];
  const { found } = replicas;
  if (found.length === 0) return [];
  const titles = [
    "SERVICE",
    "INSTANCE",
    "VERSION",
    "CONSUMER",
    "MESSAGES/S",
    "LAG",
    "IN FLIGHT",
    "P95 TO COMMIT",
    "LAST COMMIT",
  ];
  const rows = found.map((each) => [
    each.name,
    each.instance,
    each.version,
    each.durable,
    each.messagesPerSecond.toFixed(1),
    each.lag === null ? "?" : count(each.lag),
    count(each.batchesInFlight),
    each.commitSeconds === null ? "-" : span(each.commitSeconds.p95),
    each.secondsSinceCommit === null ? "none yet" : `${span(each.secondsSinceCommit)} ago`,
    styled("red", each.problems.join("; ")),
  ]);
  return [
    `${title("Replicas", "")}\n${indented(table([titles.map((each) => styled("dim", each)), ...rows]))}`,
  ];
}

function streamRow(status: Exclude<StreamStatus, { problem: string }>): string[] {
  const { subject, stream, messages, bytes, durable, pending, ackPending, redelivered } = status;
  const numbers = [pending, ackPending, redelivered].map(count);
  return [subject, stream, count(messages), (bytes / 1e6).toFixed(1), durable, ...numbers];
}

function showDatabase(database: DatabaseStatus): string {
  const head = title("Database", database.address);
  if (database.problem !== undefined) return `${head}\n  ${bad(database.problem)}`;
  const letters = Object.entries(database.deadLetters).map(
    ([reason, number]) => `${reason} ${count(number)}`,
  );
  const rejected = Object.values(database.deadLetters).reduce((sum, number) => sum + number, 0);
  const rows = [
    ["jobs", rowCount(database.jobs), `running ${count(database.runningJobs)}`],
    ["node states", rowCount(database.nodeStates), `nodes ${count(database.nodes)}`],
    ["parked stops", count(database.parkedStops), parkedNote(database)],
    ["dead letters", rejected > 0 ? styled("yellow", count(rejected)) : "0", letters.join(", ")],
  ];
  return `${head}\n${indented(table(rows))}`;
}

function parkedNote({ parkedStops, overdueStops }: Overview): string {
  if (overdueStops > 0) return styled("yellow", `${count(overdueStops)} overdue: their starts have not come`);
  return parkedStops > 0 ? "stops that wait for their starts" : "";
}

function showServices(services: readonly ServiceStatus[]): string[] {
  if (services.length === 0) return [];
  const rows = services.map(({ name, url, ready, problems }) => [
    name,
    ready ? styled("green", "ready") : styled("red", "not ready"),
    url,
    problems.join("; "),
  ]);
  return [`${title("Services", "")}\n${indented(table(rows))}`];
}

export function rowCount({ rows, exact }: RowCount): string {
  return `${exact ? "" : "~"}${count(rows)}`;
}

function title(name: string, address: string): string {
  return `${styled("bold", name)}${address === "" ? "" : `  ${address}`}`;
}

function bad(problem: string): string {
  return styled("red", problem);
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, "  ");
}
