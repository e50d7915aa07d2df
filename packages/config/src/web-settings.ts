import { choice, integer, listenHost } from "./basic-types.js";
import { ed25519PublicKey } from "./ed25519-public-key.js";
import { define, optional } from "./setting.js";
import { traceUrl } from "./trace-url.js";

/** What both web apps share: who may ask, how much, and for how long. */
export const webSettings = {
  webJwtPublicKey: optional(ed25519PublicKey, {
    key: "ingest.web.jwt-public-key",
    env: ["INGEST_WEB_JWT_PUBLIC_KEY", "JWT_PUBLIC_KEY"],
    secret: true,
    description:
      "Public Ed25519 key, in base64, of those who sign tokens for the REST API and the console; cc-backend's JWT_PUBLIC_KEY. Without it both listen on loopback only.",
    show: (config) => (config.ingest.web.jwtPublicKey === undefined ? undefined : "***"),
  }),
  webMaxBodyBytes: define<number>(integer(1_024, 8_388_608), 4_194_304, {
    key: "ingest.web.max-body-bytes",
    env: "INGEST_WEB_MAX_BODY_BYTES",
    description: "Size of a request's body, at most.",
    show: (config) => config.ingest.web.maxBodyBytes,
  }),
  webRequestTimeoutSeconds: define<number>(integer(1, 600), 30, {
    key: "ingest.web.request-timeout-seconds",
    env: "INGEST_WEB_REQUEST_TIMEOUT_SECONDS",
    description: "Time for a request to arrive, and again for its answer to begin.",
    show: (config) => config.ingest.web.requestTimeoutSeconds,
  }),
  restApiHost: define<string>(listenHost, "127.0.0.1", {
    key: "ingest.rest-api.http.host",
    env: "INGEST_REST_API_HTTP_HOST",
    description: "Where the REST API listens; beyond loopback it needs the key of its tokens.",
    show: (config) => config.ingest.restApi.http.host,
  }),
  restApiPort: define<number>(integer(0, 65_535), 8080, {
    key: "ingest.rest-api.http.port",
    env: "INGEST_REST_API_HTTP_PORT",
    description: "Port of the REST API, and of its health; 0 takes a free one.",
    show: (config) => config.ingest.restApi.http.port,
  }),
  consoleHost: define<string>(listenHost, "127.0.0.1", {
    key: "ingest.console.http.host",
    env: "INGEST_CONSOLE_HTTP_HOST",
    description: "Where the console listens; beyond loopback it needs the key of its tokens.",
    show: (config) => config.ingest.console.http.host,
  }),
  consolePort: define<number>(integer(0, 65_535), 8081, {
    key: "ingest.console.http.port",
    env: "INGEST_CONSOLE_HTTP_PORT",
    description: "Port of the console, and of its health; 0 takes a free one.",
    show: (config) => config.ingest.console.http.port,
  }),
  consoleWrites: define<"on" | "off">(choice(["on", "off"]), "off", {
    key: "ingest.console.writes",
    env: "INGEST_CONSOLE_WRITES",
    description:
      "Whether those with the role admin may replay and discard dead letters in the console; without tokens that is whoever is on its machine.",
    show: (config) => config.ingest.console.writes,
  }),
  consoleTraceUrl: optional(traceUrl, {
    key: "ingest.console.trace-url",
    env: "INGEST_CONSOLE_TRACE_URL",
    description:
      "Where a trace is shown, with {traceId} for its id, such as https://tempo.example/trace/{traceId}.",
    show: (config) => config.ingest.console.traceUrl,
  }),
} as const;
