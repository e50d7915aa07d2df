import pg from "pg";

/**
 * Ends a connection whose server does not answer for so long. A network that fails without a word leaves it open for hours: only so
 * does what waits on it fail, COPY included, as does what comes after it on the same connection, and the pool opens another.
 */
export async function endSilent<T>(client: pg.PoolClient, silenceMs: number, answer: Promise<T>): Promise<T> {
  const timer = setTimeout(() => {
    if (client instanceof pg.Client) client.end().catch(() => undefined);
  }, silenceMs);
  try {
    return await answer;
  } finally {
    clearTimeout(timer);
  }
}
