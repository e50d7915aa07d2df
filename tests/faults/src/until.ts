/** How long, and how often, to wait for a condition. Only what hangs takes so long. */
export const until = { timeout: 60_000, interval: 25 };
