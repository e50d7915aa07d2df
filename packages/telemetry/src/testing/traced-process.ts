/**
 * A process as an app is one: started with `--import @cc-ingest/telemetry/register`, it publishes messages into an
 * array, takes them as one batch and writes each in a transaction. Run by node itself, which strips the types.
 *
 * TRACED_MESSAGES: how many; TRACED_SPANS=each gives each message a trace of its own; TRACED_END=exit leaves
 * without `shutdownTelemetry`, as a command-line tool may; TRACED_FAIL=1 makes the SQL fail.
 */
import { createLogger, extractTraceContext, injectTraceContext } from "@cc-ingest/telemetry";
import { shutdownTelemetry, withBatchSpan, withSpan } from "@cc-ingest/telemetry";
import pg from "pg";

const { TRACED_MESSAGES = "1", TRACED_SPANS, TRACED_END, TRACED_FAIL, DATABASE_URL } = process.env;
const count = Number(TRACED_MESSAGES);
const logger = createLogger({ service: "traced-process" });
const messages: Map<string, string>[] = [];

function publish(): Promise<void> {
  const headers = new Map<string, string>();
  injectTraceContext((key, value) => headers.set(key, value));
  messages.push(headers);
  return Promise.resolve();
}

const subject = "cc.job.event";
if (TRACED_SPANS === "each")
  for (let index = 0; index < count; index += 1) await withSpan(`publish ${subject}`, {}, publish);
else
  await withSpan(`publish ${subject}`, {}, async () => {
    for (let index = 0; index < count; index += 1) await publish();
  });

const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 2 });
// Without a parent span: must not be traced.
await pool.query("select 'health'");
const links = messages.flatMap((headers) => extractTraceContext((key) => headers.get(key)) ?? []);
try {
  await withBatchSpan(
    {
      name: `process ${subject}`,
      links,
      attributes: { "messaging.system": "nats", "messaging.batch.message_count": count },
    },
    async () => {
      const client = await pool.connect();
      try {
        await client.query("begin");
        if (TRACED_FAIL === "1") await client.query("select 1/0");
        else await client.query("select $1::text", ["a secret value"]);
        await client.query("commit");
        logger.info("committed");
      } finally {
        client.release(true);
      }
    },
  );
} catch (error) {
  logger.error({ err: error }, "batch failed");
}
await pool.end();
if (TRACED_END !== "exit") await shutdownTelemetry();
