import type { TextChange } from "./text-change.ts";

const DATABASE = "database/dist/connection/connect.js";

/** The times after which a service gives up waiting, so short that a test sees it happen. */
export const impatient: readonly TextChange[] = [
  {
    file: "jetstream/dist/connect/client-options.js",
    find: "pingInterval: 20_000",
    replace: "pingInterval: 500",
  },
  { file: DATABASE, find: 'lock_timeout: "20s"', replace: 'lock_timeout: "500ms"' },
  { file: DATABASE, find: "statementTimeoutSeconds ?? 60", replace: "statementTimeoutSeconds ?? 1" },
  {
    file: DATABASE,
    find: 'idle_in_transaction_session_timeout: "60s"',
    replace: 'idle_in_transaction_session_timeout: "2s"',
  },
  { file: DATABASE, find: "SILENCE_MS = 75_000", replace: "SILENCE_MS = 2_000" },
];
