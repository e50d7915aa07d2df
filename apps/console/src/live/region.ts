import type { Context } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";

const KEEP_ALIVE_MS = 15_000;
/** Then the browser comes again, and its token is looked at again. */
const LONGEST_MS = 10 * 60_000;

/** Sends events until the browser has gone or the process stops. */
export function events(
  c: Context,
  stop: AbortSignal,
  send: (stream: SSEStreamingApi, end: AbortSignal) => Promise<void>,
): Response {
  return streamSSE(c, async (stream) => {
    const gone = new AbortController();
    stream.onAbort(() => gone.abort());
    const end = AbortSignal.any([gone.signal, stop, AbortSignal.timeout(LONGEST_MS)]);
    const alive = setInterval(() => void stream.writeSSE({ event: "alive", data: "" }), KEEP_ALIVE_MS);
    try {
      await send(stream, end);
    } finally {
      clearInterval(alive);
    }
  });
}

/** A part of a page, sent anew whenever it has become another. `render`: the part as HTML. */
export function liveRegion(
  c: Context,
  { everyMs, stop }: { readonly everyMs: number; readonly stop: AbortSignal },
  render: () => Promise<string>,
): Response {
  return events(c, stop, async (stream, end) => {
    const sent = new Changes(stream);
    while (!end.aborted) {
      await sent.offer(render);
      await pause(everyMs, end);
    }
  });
}

/** Sends what differs from what was sent before. What fails is told, and may succeed the next time. */
export class Changes {
  readonly #stream: SSEStreamingApi;
  #sent: string | undefined;

  constructor(stream: SSEStreamingApi) {
    this.#stream = stream;
  }

  async offer(render: () => Promise<string>): Promise<void> {
    const [event, data] = await render().then(
      (html) => ["region", html] as const,
      () => ["trouble", "can't be read at the moment"] as const,
    );
    const text = `${event} ${data}`;
    if (text !== this.#sent) await this.#stream.writeSSE({ event, data });
    this.#sent = text;
  }
}

/** Waits, or until it is over. */
export async function pause(milliseconds: number, end: AbortSignal): Promise<void> {
  if (end.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      end.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    end.addEventListener("abort", done, { once: true });
  });
}
