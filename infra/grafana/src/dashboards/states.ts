import type { State } from "../model/panel.js";

/** Node states, the ones that need somebody first. */
export const nodeStates = ["down", "unknown", "reserved", "idle", "mixed", "allocated"] as const;

export const nodeStateColors: Readonly<Record<string, string>> = {
  allocated: "green",
  mixed: "light-green",
  idle: "blue",
  reserved: "purple",
  down: "red",
  unknown: "gray",
};

/** As numbers, since a tile takes its colour from one. A node that has not reported for long has a state of its own. */
export const tileStates: readonly State[] = [
  ...nodeStates.map((text, code) => ({ code, text, color: nodeStateColors[text] ?? "gray" })),
  { code: nodeStates.length, text: "stale", color: "orange" },
];

/** How jobs end. */
export const endStates = [
  "completed",
  "failed",
  "cancelled",
  "timeout",
  "out_of_memory",
  "node_fail",
  "boot_fail",
  "preempted",
  "deadline",
] as const;

export const endStateColors: Readonly<Record<string, string>> = {
  completed: "green",
  failed: "red",
  cancelled: "blue",
  timeout: "yellow",
  out_of_memory: "orange",
  node_fail: "dark-red",
  boot_fail: "purple",
  preempted: "gray",
  deadline: "light-yellow",
};

/** Ends that are the fault of the job or of its nodes, not of whoever cancelled it or of its walltime. */
export const failures = ["failed", "node_fail", "boot_fail", "out_of_memory"] as const;

export const literals = (values: readonly string[]): string => values.map((value) => `'${value}'`).join(", ");
