import { DevstackError } from "./errors.js";
import { freePort } from "./free-port.js";

const ATTEMPTS = 5;

/**
 * Runs `start` with the port asked for, or (0 or absent) with a free one. Another process may take a free port before
 * the server has it: `start` then rejects with `port_in_use` and gets the next one.
 */
export async function withPort<T>(
  wanted: number | undefined,
  start: (port: number) => Promise<T>,
): Promise<T> {
  if (wanted !== undefined && wanted !== 0) {
    return start(wanted);
  }
  for (let attempt = 1; ; attempt += 1) {
    const { port } = await freePort();
    try {
      return await start(port);
    } catch (error) {
      if (!(error instanceof DevstackError) || error.code !== "port_in_use" || attempt === ATTEMPTS) {
        throw error;
      }
    }
  }
}
