import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { decodeMetrics, type ReceivedMetric } from "./decode-metrics.js";
import { decodeTraces, type ReceivedSpan } from "./decode-traces.js";

/** A small OTLP/HTTP collector for tests: it takes real exports over a real socket and keeps them. */
export interface OtlpReceiver extends AsyncDisposable {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`, such as `http://127.0.0.1:40123`. */
  readonly endpoint: string;
  /** Everything received so far, in order of arrival. */
  readonly spans: readonly ReceivedSpan[];
  /** What the last export of metrics held. */
  readonly metrics: readonly ReceivedMetric[];
  /** Headers of the last export, such as a token given by `OTEL_EXPORTER_OTLP_HEADERS`. */
  readonly lastHeaders: IncomingMessage["headers"] | undefined;
  /**
   * The spans received so far as soon as `enough` holds for them; rejects with their names after `timeoutMs`
   * (default 10,000).
   */
  waitFor(
    enough: (spans: readonly ReceivedSpan[]) => boolean,
    timeoutMs?: number,
  ): Promise<readonly ReceivedSpan[]>;
}

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  let metrics: readonly ReceivedMetric[] = [];
  const arrivals = new EventTarget();
  let lastHeaders: IncomingMessage["headers"] | undefined;
  const accept = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const body = await receive(request);
      if (request.url === "/v1/metrics") metrics = decodeMetrics(body);
      else spans.push(...decodeTraces(body));
      lastHeaders = request.headers;
      // An empty response of either signal is zero bytes.
      response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
      arrivals.dispatchEvent(new Event("spans"));
    } catch (error) {
      response.writeHead(400, { "content-type": "text/plain" }).end(String(error));
    }
  };
  const server = createServer((request, response) => void accept(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the receiver has no port");
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    spans,
    get metrics() {
      return metrics;
    },
    get lastHeaders() {
      return lastHeaders;
    },
    waitFor: (enough, timeoutMs = 10_000) =>
      new Promise((resolve, reject) => {
        const check = () => {
          if (!enough(spans)) return;
          finish();
          resolve(spans);
        };
        const finish = () => {
          clearTimeout(timer);
          arrivals.removeEventListener("spans", check);
        };
        const timer = setTimeout(() => {
          finish();
          const names = spans.map(({ name }) => name).join(", ");
          reject(new Error(`not within ${timeoutMs} ms; spans received: ${names === "" ? "none" : names}`));
        }, timeoutMs);
        arrivals.addEventListener("spans", check);
        check();
      }),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const signals = new Set(["/v1/traces", "/v1/metrics"]);

async function receive(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
  const body = Buffer.concat(chunks);
  if (!signals.has(request.url ?? "")) throw new Error(`no such signal here: ${request.url}`);
  if (request.headers["content-type"] !== "application/x-protobuf") throw new Error("not OTLP protobuf");
  return request.headers["content-encoding"] === "gzip" ? await promisify(gunzip)(body) : body;
}
