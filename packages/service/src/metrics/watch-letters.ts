import { type Database, type Waiting, waitingLetters } from "@cc-ingest/database";
import type { Chore } from "../definition.js";
import type { ServiceMetrics } from "./service-metrics.js";

const EVERY_SECONDS = 15;

/** Asks for the dead letters that nobody has answered. */
export function watchLetters(metrics: ServiceMetrics, db: Database, service: string): Chore {
  let letters: Waiting | undefined;
  metrics.watch("dead_letters_open", () => letters?.count);
  metrics.watch("dead_letters_oldest_age_seconds", () => letters?.oldestSeconds);
  const run = async (): Promise<void> => {
    letters = await waitingLetters(db, service);
  };
  return { name: "count dead letters", everySeconds: EVERY_SECONDS, atStart: true, run };
}
