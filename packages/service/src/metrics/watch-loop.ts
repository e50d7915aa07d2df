import type { PullLoop } from "@cc-ingest/jetstream";
import type { ServiceMetrics } from "./service-metrics.js";

/** What the pull loop takes, forms and settles. */
export function watchLoop(metrics: ServiceMetrics, loop: PullLoop, batchesInFlightMax: number): void {
  const { tally } = loop;
  metrics.watchTotal("messages_received", () => tally.received);
  metrics.watchTotal("messages_redelivered", () => tally.redelivered);
  metrics.watchTotal("messages_settled", () => [
    [{ outcome: "acked" }, tally.acked],
    [{ outcome: "put_off" }, tally.putOff],
    [{ outcome: "returned" }, tally.returned],
  ]);
  metrics.watchTotal("batches", () => [
    [{ trigger: "full" }, tally.full],
    [{ trigger: "idle" }, tally.idle],
    [{ trigger: "alone" }, tally.alone],
  ]);
  metrics.watch("batches_in_flight", () => loop.batchesInFlight);
  metrics.watch("batches_in_flight_max", () => batchesInFlightMax);
}
