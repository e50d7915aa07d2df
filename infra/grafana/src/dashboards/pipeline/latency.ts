import type { Row } from "../../model/dashboard.js";
import type { GraphPanel } from "../../model/panel.js";
import { prom } from "../../model/query.js";
import { quantile } from "./expressions.js";

function seconds(title: string, description: string, histogram: string): GraphPanel {
  return {
    kind: "graph",
    title,
    description: `${description} 0 while nothing is measured.`,
    queries: [
      prom("{{service}} p50", quantile(0.5, histogram)),
      prom("{{service}} p95", quantile(0.95, histogram)),
    ],
    unit: "s",
    width: 12,
    height: 8,
    runbooks: ["lag-growing"],
  };
}

export const latency: Row = {
  title: "Latency",
  panels: [
    seconds(
      "Broker to commit",
      "From a message's storage in the stream to the end of its batch: what the services answer for.",
      "ingest_broker_to_commit_seconds",
    ),
    seconds(
      "Waiting in the stream",
      "From a message's storage to the beginning of its batch. Long with a backlog, or when batches take long.",
      "ingest_fetch_seconds",
    ),
    seconds(
      "Commit",
      "One attempt at storing a batch that succeeded: the database's share.",
      "ingest_commit_seconds",
    ),
    seconds(
      "Event to broker",
      "From the time that a line names to its storage in the stream: the producers' share, and that of clocks that differ.",
      "ingest_event_to_broker_seconds",
    ),
  ],
};
