import type { Row } from "../../model/dashboard.js";
import type { GraphPanel } from "../../model/panel.js";
import { prom } from "../../model/query.js";
import { perSecond, shared } from "./expressions.js";

const graph = {
  kind: "graph",
  width: 8,
  height: 8,
  unit: "percentunit",
  max: 1,
  runbooks: ["lag-growing"],
} as const;

const inFlight: GraphPanel = {
  ...graph,
  title: "Batches in flight",
  description: "Of what a replica works on at once (job-concurrency, node-concurrency); the busiest replica.",
  queries: [
    prom(
      "{{service}}",
      'max by (service) (ingest_batches_in_flight{service=~"$service"} / ingest_batches_in_flight_max{service=~"$service"})',
    ),
  ],
};

const pool: GraphPanel = {
  ...graph,
  title: "Database connections in use",
  description: "Of pool-size; the busiest replica.",
  queries: [
    prom(
      "{{service}}",
      'max by (service) (ingest_database_pool_connections{service=~"$service", state="used"} / ignoring (state) ingest_database_pool_max{service=~"$service"})',
    ),
  ],
};

const waiters: GraphPanel = {
  ...graph,
  title: "Waiting for a connection",
  description:
    "Queries that wait because the pool is empty. Above 0 for long: pool-size is below concurrency + 2.",
  queries: [prom("{{service}}", shared("ingest_database_pool_waiters"))],
  unit: "short",
};

const eventLoop: GraphPanel = {
  ...graph,
  title: "Delay of the event loop",
  description: "Of the slowest replica: how long a process did not get to anything else.",
  queries: [
    prom("{{service}} {{quantile}}", shared("ingest_event_loop_delay_seconds", ", quantile"), {
      labels: ["service", "quantile"],
    }),
  ],
  unit: "s",
};

const streamFill: GraphPanel = {
  ...graph,
  title: "Room in the streams",
  description:
    "Bytes of what a stream may hold; 0 for one without a limit. A full stream gives up its oldest messages, which is well as long as they are processed.",
  queries: [
    prom(
      "{{stream}}",
      '(max by (service, stream) (ingest_stream_bytes{service=~"$service"} / (ingest_stream_max_bytes{service=~"$service"} > 0))) or 0 * max by (service, stream) (ingest_stream_bytes{service=~"$service"})',
      { labels: ["service", "stream"] },
    ),
  ],
  runbooks: ["stream-full"],
};

const behind: GraphPanel = {
  ...graph,
  title: "Catching up after a restore",
  description: "1 while the database lacks what the stream has long delivered.",
  queries: [prom("{{service}}", shared("ingest_database_behind"))],
  unit: "short",
  runbooks: ["restore"],
};

const streamMessages: GraphPanel = {
  kind: "graph",
  title: "Messages in the streams",
  description: "What the streams hold, processed or not: how far back a rebuild of the tables could go.",
  queries: [
    prom("{{stream}}", shared("ingest_stream_messages", ", stream"), { labels: ["service", "stream"] }),
  ],
  unit: "short",
  width: 12,
  height: 8,
  runbooks: ["stream-full"],
};

const chores: GraphPanel = {
  kind: "graph",
  title: "Reapplied messages and retired days per second",
  description: "Messages applied again after a restore, and days of node states that retention took away.",
  queries: [
    prom("{{service}} reapplied", perSecond("ingest_reapplied_messages_total")),
    prom("{{service}} retired days", perSecond("ingest_retired_days_total")),
  ],
  unit: "short",
  width: 12,
  height: 8,
  runbooks: ["restore"],
};

export const saturation: Row = {
  title: "Saturation",
  panels: [inFlight, pool, waiters, eventLoop, streamFill, behind, streamMessages, chores],
};
