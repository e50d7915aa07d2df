import pg from "pg";
import { afterAll, beforeAll } from "vitest";
import type { Stack } from "../testing/stack.js";

/** A connection for this file, with the rights that Grafana has. */
export function useReader(stack: () => Stack): () => pg.Client {
  let reader: pg.Client | undefined;
  beforeAll(async () => {
    reader = new pg.Client({ connectionString: stack().readerUrl });
    await reader.connect();
  });
  afterAll(() => reader?.end());
  return () => {
    if (reader === undefined) throw new Error("only inside a test");
    return reader;
  };
}
