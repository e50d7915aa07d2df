import { type Config, loadConfig, formatProblems, loadClusterDefinitions } from "@cc-ingest/config";
import { type Database, connectDatabase, migrateUrl } from "@cc-ingest/database";
import { useDatabase } from "@cc-ingest/devstack/testing";
import { ServiceState } from "@cc-ingest/service";
import { createLogger } from "@cc-ingest/telemetry";
import { frame } from "@cc-ingest/web";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, expect } from "vitest";
import { openRestApi } from "../open-rest-api.js";

export interface Answered {
  readonly code: number;
  readonly body: unknown;
}

export interface Api {
  readonly db: Database;
  /** The answer's body, held against what the document says of it. */
  readonly get: (path: string) => Promise<Answered>;
  /** A text or bytes go as they are, anything else as JSON. What is taken must be what the document asks for. */
  readonly post: (path: string, body: unknown, method?: "POST" | "PUT") => Promise<Answered>;
}

interface Content {
  readonly content: { readonly "application/json": { readonly schema: object } };
}

interface Operation {
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/**
 * The REST API without a broker, on a migrated database of this file's own. Every answer is held against the OpenAPI document, and so is
 * every body that was taken.
 */
export function useApi(env: Readonly<Record<string, string>> = {}): () => Api {
  const database = useDatabase({ migrate: migrateUrl });
  let api: Api | undefined;
  beforeAll(async () => {
    const config = configOf({ ...env, DATABASE_URL: database().url });
    const db = connectDatabase({
      url: database().url,
      poolSize: 4,
      applicationName: "test",
      forKeyLookups: true,
    });
    const log = createLogger({ service: "rest-api", env: { LOG_LEVEL: "silent" }, pretty: false });
    const { clusterDefinitions } = config.ingest;
    const loaded = clusterDefinitions === undefined ? undefined : loadClusterDefinitions(clusterDefinitions);
    const definitions = loaded?.ok === true ? loaded.definitions : undefined;
    const stop = new AbortController().signal;
    const runtime = {
      config,
      definitions,
      db,
      broker: undefined,
      log,
      stop,
      service: "rest-api",
      build: "1",
    };
    const state = new ServiceState();
    state.brokerConnected = true;
    state.waitingFor = undefined;
    const app = frame(openRestApi(runtime), { web: config.ingest.web, state, broker: undefined, log });
    const document = (await (await app.request("/openapi.json", local)).json()) as Document;
    const judge = documentJudge(document);
    const ask = async (pathAndQuery: string, init: RequestInit = {}): Promise<Answered> => {
      const response = await app.request(pathAndQuery, { ...local, ...init });
      const answer = { code: response.status, body: await response.json() };
      judge(init, pathAndQuery, answer);
      return answer;
    };
    api = {
      db,
      get: (path) => ask(path),
      post: (path, body, method = "POST") =>
        ask(path, { method, body: isRaw(body) ? body : JSON.stringify(body) }),
    };
  });
  afterAll(() => api?.db.destroy());
  return () => {
    if (api === undefined) throw new Error("only inside a test");
    return api;
  };
}

const isRaw = (body: unknown): body is string | Uint8Array<ArrayBuffer> =>
  typeof body === "string" || body instanceof Uint8Array;

const local = { headers: { host: "localhost" } };

function configOf(env: Readonly<Record<string, string>>): Config {
  const loaded = loadConfig({ env, directory: "/", required: ["database", "rest-api"] });
  if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
  return loaded.config;
}

type Judge = (init: RequestInit, path: string, answer: Answered) => void;

function documentJudge({ paths }: Document): Judge {
  const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
  const templates = Object.keys(paths).map((template) => ({
    template,
    pattern: new RegExp(`^${template.replaceAll(/\{\w+\}/g, "[^/]+")}$`),
  }));
  const hold = ({ content }: Content, value: unknown): void => {
    const fits = ajv.compile(content["application/json"].schema);
    expect([fits(value), fits.errors]).toEqual([true, null]);
  };
  return ({ method = "GET", body: sent }, pathAndQuery, { code, body }) => {
    const [path = ""] = pathAndQuery.split("?");
    const written = [path, `${path}/`].find((each) => paths[each] !== undefined);
    const template = written ?? templates.find(({ pattern }) => pattern.test(path))?.template ?? path;
    const operation = paths[template]?.[method.toLowerCase()];
    const answer = operation?.responses[code];
    if (answer === undefined) throw new Error(`the document tells of no ${code} of ${method} ${path}`);
    hold(answer, body);
    if (code >= 300 || sent === undefined) return;
    if (operation?.requestBody === undefined)
      throw new Error(`the document tells of no body of ${method} ${path}`);
    if (typeof sent !== "string") throw new TypeError("a body that is taken is a text in these tests");
    hold(operation.requestBody, JSON.parse(sent));
  };
}
