import type { Row } from "../../model/dashboard.js";
import type { GraphPanel } from "../../model/panel.js";
import { prom } from "../../model/query.js";
import { perSecond, quantile, shared } from "./expressions.js";

const graph = { kind: "graph", width: 12, height: 8, unit: "short" } as const;

const received: GraphPanel = {
  ...graph,
  title: "Messages per second",
  description: "Deliveries that all replicas take from the broker together, repeated ones included.",
  queries: [prom("{{service}}", perSecond("ingest_messages_received_total"))],
};

const settled: GraphPanel = {
  ...graph,
  title: "Settled per second",
  description:
    "acked: committed and acknowledged. put_off: its subject is over its rate, it comes again. returned: given back for another replica.",
  queries: [
    prom("{{service}} {{outcome}}", perSecond("ingest_messages_settled_total", ", outcome"), {
      labels: ["service", "outcome"],
    }),
  ],
  shape: "stacked",
};

const events: GraphPanel = {
  ...graph,
  title: "Events per second",
  description:
    "Lines by kind and by what became of them. duplicate: known already. parked: a stop that waits for its start. rejected: a dead letter.",
  queries: [
    prom("{{kind}} {{result}}", perSecond("ingest_events_total", ", kind, result"), {
      labels: ["service", "kind", "result"],
    }),
  ],
  shape: "stacked",
};

const batches: GraphPanel = {
  ...graph,
  title: "Batches per second",
  description:
    "full: there was more than fits. idle: nothing was in flight, so it took what was there. alone: a message that was delivered too often.",
  queries: [
    prom("{{service}} {{trigger}}", perSecond("ingest_batches_total", ", trigger"), {
      labels: ["service", "trigger"],
    }),
  ],
  shape: "stacked",
};

const batchSize: GraphPanel = {
  ...graph,
  title: "Messages in a batch",
  description: "Small batches are well while nothing waits. With lag they should be near batch-size.",
  queries: [
    prom("{{service}} p50", quantile(0.5, "ingest_batch_messages")),
    prom("{{service}} p95", quantile(0.95, "ingest_batch_messages")),
  ],
};

const lag: GraphPanel = {
  ...graph,
  title: "Lag over time",
  description: "Messages not delivered yet, and those delivered and not yet acknowledged.",
  queries: [
    prom("{{service}} pending", shared("ingest_consumer_pending")),
    prom("{{service}} unacknowledged", shared("ingest_consumer_ack_pending")),
  ],
  runbooks: ["lag-growing"],
};

export const throughput: Row = {
  title: "Throughput",
  panels: [received, settled, events, batches, batchSize, lag],
};
