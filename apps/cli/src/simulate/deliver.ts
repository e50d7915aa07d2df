import type { SimulatedMessage } from "@cc-ingest/simulation";
import { type Pace, paced } from "./paced.js";
import type { Sink } from "./sinks.js";
import { type Totals, add, nothing } from "./totals.js";

/** Sends until the messages end or the signal aborts, and tells `onSent` how far it is. */
export async function deliver(
  messages: Iterable<SimulatedMessage>,
  sink: Sink,
  pace: Pace,
  onSent: (totals: Totals) => void,
): Promise<Totals> {
  let totals = nothing;
  for await (const message of paced(messages, pace)) {
    await sink.send(message);
    totals = add(totals, message);
    onSent(totals);
  }
  await sink.finish();
  return totals;
}
