import { startGuard } from "./guard.js";
import { SupervisedProcess, type ProcessSpec } from "./supervised-process.js";

export type GuardedProcessSpec = Omit<ProcessSpec, "uid" | "gid">;

/** A program that never outlives this process, however this one ends. Disposing stops it. */
export interface GuardedProcess extends AsyncDisposable {
  readonly pid: number;
  /** Resolves when it has ended, for whatever reason. */
  readonly exited: Promise<void>;
  /** The stop signal, and waits for the end. */
  stop(): Promise<void>;
}

/** Starts it in a session of its own and waits until it is ready; an error carries the end of its log. */
export async function startProcess(spec: GuardedProcessSpec): Promise<GuardedProcess> {
  const guard = startGuard(undefined);
  const child = new SupervisedProcess(spec, guard);
  try {
    await child.start();
  } catch (error) {
    await guard.close();
    throw error;
  }
  return {
    pid: child.pid,
    exited: child.exited,
    stop: () => child.stop(),
    async [Symbol.asyncDispose]() {
      await child.stop();
      await guard.close();
    },
  };
}
