import { setTimeout as delay } from "node:timers/promises";
import type { Plant } from "../plant.ts";
import type { Slot } from "../slot.ts";

/** What can fail. A part that fails already is left alone meanwhile. */
export type Part = "brokers" | "database" | Slot;

/** Something that goes wrong, and is mended when this resolves. */
export interface Fault {
  readonly kind: string;
  /** The part that it strikes; `slot`: any replica. */
  readonly strikes: "brokers" | "database" | "slot";
  /** Whether it may happen now. */
  readonly fits?: (plant: Plant) => Promise<boolean>;
  /** @returns the proof that it bit; undefined when nothing came of it */
  readonly strike: (plant: Plant, slot: Slot, random: () => number) => Promise<string | undefined>;
}

/** A random one. */
export function pick<T>(all: readonly T[], random: () => number): T {
  const found = all[Math.floor(random() * all.length)];
  if (found === undefined) throw new Error("nothing to choose from");
  return found;
}

/** How long something stays broken, chosen by the seed. */
export async function forAWhile(random: () => number, fromMs: number, toMs: number): Promise<void> {
  await delay(fromMs + random() * (toMs - fromMs));
}

const PROOF_MS = 10_000;

/** Waits a while for something that proves the fault; how it is called, or undefined when it does not come. */
export async function proof(
  what: string,
  seen: () => boolean | Promise<boolean>,
): Promise<string | undefined> {
  const deadline = performance.now() + PROOF_MS;
  while (performance.now() < deadline) {
    if (await Promise.resolve(seen()).catch(() => false)) return what;
    await delay(50);
  }
  return undefined;
}

/** Whether a replica has logged this since `from`. */
export function logs(slot: Slot, text: string): () => boolean {
  const { process } = slot;
  const from = process.log.length;
  return () => process.log.slice(from).some(({ msg }) => typeof msg === "string" && msg.includes(text));
}

/** Whether any replica has. */
export function anyLogs({ slots }: Plant, text: string): () => boolean {
  const each = slots.map((slot) => logs(slot, text));
  return () => each.some((seen) => seen());
}
