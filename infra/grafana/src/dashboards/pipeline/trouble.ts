import type { Row } from "../../model/dashboard.js";
import type { GraphPanel, StatPanel } from "../../model/panel.js";
import { prom } from "../../model/query.js";
import { inRange, perSecond, shared, zero } from "./expressions.js";

const graph = { kind: "graph", width: 12, height: 8, unit: "short" } as const;
const stat = { kind: "stat", width: 4, height: 5, unit: "short" } as const;

const rejects: GraphPanel = {
  ...graph,
  title: "Rejects per second by reason",
  description: "Lines that become dead letters.",
  queries: [
    prom("{{service}} {{reason}}", perSecond("ingest_rejects_total", ", reason"), {
      labels: ["service", "reason"],
    }),
  ],
  shape: "stacked",
  // A series for each reason: with a point for each pixel they take a third of a second.
  points: 300,
  runbooks: ["dead-letter-flood"],
};

const redeliveries: GraphPanel = {
  ...graph,
  title: "Redelivered share",
  description:
    "Of what is delivered, what was delivered before, that which a rate limit had put off included. 0 while nothing is delivered.",
  queries: [
    prom(
      "{{service}}",
      `(${perSecond("ingest_messages_redelivered_total")} / ${perSecond("ingest_messages_received_total")} > 0) or ${zero()}`,
    ),
  ],
  unit: "percentunit",
  max: 1,
  runbooks: ["redeliveries"],
};

const databaseErrors: GraphPanel = {
  ...graph,
  title: "Database errors per second",
  description:
    "By SQLSTATE class: 40 conflicts, tried again at once; 22 and 23 data that is refused; 08, 57 and none: no answer.",
  queries: [
    prom("{{service}} {{sqlstate_class}}", perSecond("ingest_database_errors_total", ", sqlstate_class"), {
      labels: ["service", "sqlstate_class"],
    }),
  ],
  shape: "stacked bars",
  runbooks: ["database-down"],
};

const retries: GraphPanel = {
  ...graph,
  title: "Retries and reconnects per second",
  description:
    "Attempts at a batch that failed for want of infrastructure, and connections to the broker that came back.",
  queries: [
    prom("{{service}} retries", perSecond("ingest_retries_total")),
    prom("{{service}} reconnects", perSecond("ingest_broker_reconnects_total")),
  ],
  runbooks: ["database-down", "broker-down"],
};

function jobsOnly(title: string, description: string, metric: string, unit = "short"): StatPanel {
  return {
    ...stat,
    title,
    description,
    queries: [prom("{{service}}", shared(metric))],
    unit,
    ...(unit === "short" && { thresholds: [{ from: 1, color: "orange" }] as const }),
    empty: "0",
    runbooks: ["overdue-stops"],
  };
}

function counted(title: string, description: string, counter: string, runbook: string): StatPanel {
  const queries = [prom("{{service}}", inRange(counter), { instant: true })];
  return { ...stat, title, description, queries, calm: "text", empty: "0", runbooks: [runbook] };
}

const parked: StatPanel = {
  ...jobsOnly(
    "Parked stops",
    "Stops that wait for their start. Some for some seconds are usual.",
    "ingest_parked_stops",
  ),
  calm: "text",
  thresholds: [],
};

export const trouble: Row = {
  title: "Trouble",
  panels: [
    rejects,
    redeliveries,
    databaseErrors,
    retries,
    parked,
    jobsOnly("Overdue stops", "Of them, those that have waited too long.", "ingest_overdue_stops"),
    jobsOnly(
      "Oldest parked stop",
      "Since the earliest of their stop times.",
      "ingest_parked_stops_oldest_age_seconds",
      "s",
    ),
    counted(
      "Closed by walltime",
      "Runs that outlived their walltime and were closed, within what is shown.",
      "ingest_jobs_exceeding_walltime_total",
      "overdue-stops",
    ),
    counted(
      "Streams replaced",
      "Times that a stream turned out to be another one of the same name, within what is shown.",
      "ingest_streams_replaced_total",
      "broker-down",
    ),
    counted(
      "Missing events",
      "What the database lacked and got back after it had been set back, within what is shown.",
      "ingest_missing_events_total",
      "restore",
    ),
  ],
};
