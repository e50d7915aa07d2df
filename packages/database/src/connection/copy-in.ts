import { finished } from "node:stream/promises";
import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { type RawBuilder, type Transaction, sql } from "kysely";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { Columns } from "../binary/columns.js";
import type { Schema } from "../schema.js";

const tracer = trace.getTracer("@cc-ingest/database");

/**
 * Appends rows to a table the way Postgres takes them fastest. COPY knows no ON CONFLICT: the caller has made sure that there
 * is none.
 */
export async function copyRows<Row>(
  trx: Transaction<Schema>,
  table: keyof Schema,
  columns: Columns<Row>,
  rows: readonly Row[],
): Promise<void> {
  await copyStatement(table, columns, rows).execute(trx);
}

/**
 * What `copyRows` executes, with the rows encoded. Kysely hands the data on as a parameter; `withPreparedStatements` sends it behind
 * the statement instead.
 */
export function copyStatement<Row>(
  table: keyof Schema,
  columns: Columns<Row>,
  rows: readonly Row[],
): RawBuilder<unknown> {
  return sql`COPY ${sql.table(table)} (${columns.names}) FROM STDIN (FORMAT binary) ${columns.copyData(rows)}`;
}

/** The text of a statement made by `copyRows`, without its parameter; undefined for any other statement. */
export function copyText(text: string): string | undefined {
  return text.startsWith("COPY ") ? text.slice(0, text.lastIndexOf(" $1")) : undefined;
}

/** Sends a COPY and its data. A span of its own, since instrumentation of `pg` does not see the end of a stream. */
export async function copyIn(client: pg.PoolClient, text: string, data: Buffer): Promise<unknown> {
  const attributes = { "db.system.name": "postgresql", "db.query.text": text };
  const span = tracer.startSpan(`COPY ${/"(\w+)"/.exec(text)?.[1]}`, { kind: SpanKind.CLIENT, attributes });
  try {
    const stream = client.query(copyFrom(text));
    stream.end(data);
    await finished(stream);
    span.setAttribute("db.operation.batch.size", stream.rowCount);
    return { command: "COPY", rowCount: stream.rowCount, rows: [] };
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
    throw error;
  } finally {
    span.end();
  }
}
