import { DuckDBInstance } from "@duckdb/node-api";

/** What another reader makes of a query on Parquet files: rows of exact values, 64-bit integers as bigint. */
export async function askDuckDb(query: string): Promise<readonly (readonly unknown[])[]> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(query);
    return reader.getRowsJS();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
