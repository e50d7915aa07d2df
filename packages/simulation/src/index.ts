import { withFaults } from "./faults.js";
import { type SimulatedMessage, plainMessages } from "./messages.js";
import type { SimulationOptions } from "./options.js";

export type { SimulatedMessage } from "./messages.js";
export { type SimulationOptions, defaultOptions } from "./options.js";

/**
 * The messages of an imaginary cluster, ordered by the time they are sent, each valid for the services unless
 * `badLines` says otherwise. The same options give the same bytes. Endless without `jobs` and `durationSeconds`.
 */
export function simulate(options: SimulationOptions): Generator<SimulatedMessage, undefined> {
  return withFaults(plainMessages(options), options);
}
