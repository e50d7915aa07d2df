import type { StreamStatus } from "@cc-ingest/service";

/** How far the services have got with a message. */
export type Standing = "committed" | "delivered" | "waiting" | "unknown";

/** By what the consumer acknowledged. Pure. */
export function standingOf(sequence: number, status: StreamStatus | undefined): Standing {
  if (status === undefined || status.problem !== undefined) return "unknown";
  if (sequence <= status.ackFloor) return "committed";
  return sequence <= status.delivered ? "delivered" : "waiting";
}

export const standings: Readonly<Record<Standing, string>> = {
  committed: "delivered and acknowledged: what it says is committed",
  delivered: "delivered, and perhaps not acknowledged yet",
  waiting: "not delivered yet",
  unknown: "not known: the broker does not tell",
};
