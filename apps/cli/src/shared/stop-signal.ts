const SAME_SIGNAL_MS = 500;

export interface StopSignal extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * Aborts on the first SIGINT, SIGTERM or SIGHUP; the next one ends the process at once. A terminal and what started us
 * may both pass on the same Ctrl-C, so what follows within half a second is not another one.
 */
export function stopSignal(onForce: () => void = () => {}): StopSignal {
  const controller = new AbortController();
  let first: number | undefined;
  const onSignal = (): void => {
    const now = performance.now();
    if (first !== undefined && now - first > SAME_SIGNAL_MS) {
      onForce();
      process.exit(FORCED);
    }
    first ??= now;
    controller.abort();
  };
  const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const name of names) process.on(name, onSignal);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const name of names) process.off(name, onSignal);
    },
  };
}

/** What a shell reports for a process that Ctrl-C ended. */
const FORCED = 130;
