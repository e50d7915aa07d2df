import type { Row } from "../../model/dashboard.js";
import type { StatPanel, TablePanel } from "../../model/panel.js";
import { prom } from "../../model/query.js";
import { least, shared } from "./expressions.js";

const stat = { kind: "stat", width: 4, height: 5, unit: "short", sparkline: true } as const;

const lag: StatPanel = {
  ...stat,
  title: "Lag",
  description: "Messages that the stream has and the service has not been given yet.",
  queries: [prom("{{service}}", shared("ingest_consumer_pending"))],
  thresholds: [
    { from: 1_000, color: "yellow" },
    { from: 100_000, color: "red" },
  ],
  runbooks: ["lag-growing"],
};

const age: StatPanel = {
  ...stat,
  title: "Oldest unprocessed",
  description: "Age of the oldest message that is not committed and acknowledged; 0 when there is none.",
  queries: [prom("{{service}}", shared("ingest_oldest_unprocessed_age_seconds"))],
  unit: "s",
  thresholds: [
    { from: 60, color: "yellow" },
    { from: 300, color: "red" },
  ],
  runbooks: ["lag-growing"],
};

const success: StatPanel = {
  ...stat,
  title: "Since the last commit",
  description: "Since any replica last finished a batch. Long is well where nothing is sent.",
  queries: [
    prom("{{service}}", `time() - ${shared("ingest_last_success_timestamp_seconds")}`, { mayBeEmpty: true }),
  ],
  unit: "s",
  calm: "text",
  empty: "none yet",
  sparkline: false,
};

const deadLetters: StatPanel = {
  ...stat,
  title: "Dead letters",
  description: "Lines that could not become rows, and that nobody has replayed or discarded.",
  queries: [prom("{{service}}", shared("ingest_dead_letters_open"))],
  thresholds: [{ from: 1, color: "orange" }],
  runbooks: ["dead-letter-flood"],
};

const letterAge: StatPanel = {
  ...stat,
  title: "Oldest dead letter",
  description: "How long the oldest of them has waited for an answer; 0 when there is none.",
  queries: [prom("{{service}}", shared("ingest_dead_letters_oldest_age_seconds"))],
  unit: "s",
  thresholds: [{ from: 86_400, color: "orange" }],
  sparkline: false,
  runbooks: ["dead-letter-flood"],
};

const connections: StatPanel = {
  ...stat,
  title: "Broker and consumer",
  description: "2: each replica is connected, and stream and consumer answer. 1: one of the two. 0: neither.",
  queries: [
    prom("{{service}}", `${least("ingest_broker_connected")} + ${shared("ingest_consumer_available")}`),
  ],
  calm: "red",
  thresholds: [
    { from: 1, color: "orange" },
    { from: 2, color: "green" },
  ],
  sparkline: false,
  runbooks: ["broker-down", "consumer-deleted"],
};

const versions: TablePanel = {
  kind: "table",
  title: "Replicas",
  description: "How many of which version run.",
  queries: [
    prom("", 'count by (service, version, node) (ingest_build_info{service=~"$service"})', {
      labels: ["service", "version", "node"],
      instant: true,
    }),
  ],
  unit: "short",
  width: 24,
  height: 5,
  runbooks: ["service-down", "rollback"],
};

export const now: Row = {
  title: "Now",
  panels: [lag, age, success, deadLetters, letterAge, connections, versions],
};
