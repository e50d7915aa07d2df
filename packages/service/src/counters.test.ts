import { expect, test } from "vitest";
import { Counters } from "./counters.js";

test("counts add up per label and are written as Prometheus text", () => {
  const counters = new Counters("ingest", "ingest-jobs");
  counters.add("events", 2, ["outcome", "applied"]);
  counters.add("events", 1, ["outcome", "parked"]);
  counters.add("events", 3, ["outcome", "applied"]);
  counters.add("messages", 6);
  counters.add("retries", 0);
  expect(counters.text()).toBe(
    [
      'ingest_events_total{service="ingest-jobs",outcome="applied"} 5',
      'ingest_events_total{service="ingest-jobs",outcome="parked"} 1',
      'ingest_messages_total{service="ingest-jobs"} 6',
      "",
    ].join("\n"),
  );
});
