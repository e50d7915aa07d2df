/** What traffic without trouble shows nothing of, or for so short that no scrape may see it; `trouble.test.ts` has them show it. */
export const quiet = new Set([
  "Lag",
  "Lag over time",
  "Oldest unprocessed",
  "Batches in flight",
  "Database connections in use",
  "Overdue stops",
  "Retries and reconnects per second",
  "Database errors per second",
  "Redelivered share",
  "Waiting for a connection",
  "Room in the streams",
  "Catching up after a restore",
  "Reapplied messages and retired days per second",
  "Closed by walltime",
  "Streams replaced",
  "Missing events",
]);
