import { encodePoints } from "@cc-ingest/protocol";
import type { WebEnv } from "@cc-ingest/web";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";

const measurements = {
  start_job: { measurement: "job", tags: { function: "start_job" } },
  stop_job: { measurement: "job", tags: { function: "stop_job" } },
  nodestate: { measurement: "nodestate", tags: {} },
} as const;

export type EventKind = keyof typeof measurements;

/**
 * The body of a request as the line that a producer would publish: it is read as one, by the same rules. Without a time of its own,
 * so that the time of its arrival counts.
 *
 * @throws HTTPException 400
 */
export async function eventLine(c: Context<WebEnv>, kind: EventKind): Promise<Uint8Array> {
  const { measurement, tags } = measurements[kind];
  const value = decodeText(await c.req.arrayBuffer());
  const encoded = encodePoints([
    {
      measurement,
      tags: Object.entries(tags),
      fields: [["event", { kind: "string", value }]],
      timestamp: undefined,
    },
  ]);
  if (!encoded.ok) throw new HTTPException(400, { message: `the body can't be read: ${encoded.message}` });
  return encoded.bytes;
}

function decodeText(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new HTTPException(400, { message: "the body is not UTF-8" });
  }
}
