import { setTimeout as delay } from "node:timers/promises";
import { brokerFaults } from "./faults/brokers.ts";
import { databaseFaults } from "./faults/database.ts";
import { type Fault, type Part, pick } from "./faults/fault.ts";
import { networkFaults } from "./faults/network.ts";
import { processFaults } from "./faults/processes.ts";
import type { Plant } from "./plant.ts";
import type { Slot } from "./slot.ts";

const EVERY_MS = 5_000;

export const faults: readonly Fault[] = [
  ...brokerFaults,
  ...databaseFaults,
  ...networkFaults,
  ...processFaults,
];

export interface Strike {
  readonly kind: string;
  readonly struck: string;
  /** Milliseconds since the beginning. */
  readonly at: number;
  /** What showed that it bit; undefined when nothing did. */
  readonly proof: string | undefined;
  /** Why it could not be done as meant. */
  readonly error: string | undefined;
}

/**
 * Lets something fail about every five seconds, chosen by `random`, until the signal; resolves when all is mended. Several things may
 * fail at once, but not the same part twice.
 */
export async function strikeUntil(
  stop: AbortSignal,
  plant: Plant,
  random: () => number,
  onStrike: (strike: Strike) => void,
): Promise<void> {
  const begin = performance.now();
  const failing = new Map<Part, Promise<void>>();
  // Every kind once, before any comes again.
  let round: Fault[] = [];
  while (!stop.aborted) {
    const slot = pick(plant.slots, random);
    const partOf = ({ strikes }: Fault): Part => (strikes === "slot" ? slot : strikes);
    if (round.length === 0) round = [...faults];
    const fault = await nextFault(round, plant, random, (each) => !failing.has(partOf(each)));
    if (fault !== undefined) {
      round.splice(round.indexOf(fault), 1);
      const part = partOf(fault);
      const at = performance.now() - begin;
      const striking = inflict(fault, plant, slot, random, at).then(onStrike);
      failing.set(
        part,
        striking.finally(() => failing.delete(part)),
      );
    }
    const pause = EVERY_MS * (0.5 + random());
    await delay(pause, undefined, { signal: stop }).catch(() => undefined);
  }
  await Promise.all(failing.values());
}

async function nextFault(
  round: Fault[],
  plant: Plant,
  random: () => number,
  isFree: (fault: Fault) => boolean,
): Promise<Fault | undefined> {
  const free = round.filter(isFree);
  if (free.length === 0) return undefined;
  const fault = pick(free, random);
  const fits = (await fault.fits?.(plant).catch(() => false)) ?? true;
  if (!fits) round.splice(round.indexOf(fault), 1);
  return fits ? fault : undefined;
}

async function inflict(
  fault: Fault,
  plant: Plant,
  slot: Slot,
  random: () => number,
  at: number,
): Promise<Strike> {
  const { kind, strikes } = fault;
  const struck = strikes === "slot" ? slot.name : strikes;
  try {
    return { kind, struck, at, proof: await fault.strike(plant, slot, random), error: undefined };
  } catch (error) {
    return {
      kind,
      struck,
      at,
      proof: undefined,
      error: error instanceof Error ? error.message : String(error),
    };
  }
}
