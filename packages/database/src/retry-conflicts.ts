import { classifyDatabaseError } from "./errors.js";

const ATTEMPTS = 20;

/**
 * Repeats a transaction that met another one, at once: the server has taken back all of it, and the other has committed. One that
 * keeps meeting others is left to whoever waits between attempts.
 */
export async function retryConflicts<T>(
  transaction: () => Promise<T>,
  beforeRetry?: () => Promise<void>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction();
    } catch (error) {
      if (attempt === ATTEMPTS || classifyDatabaseError(error) !== "conflict") throw error;
      await beforeRetry?.();
    }
  }
}
