import { type Role, type WebEnv, allow } from "@cc-ingest/web";
import type { Context, Hono } from "hono";
import type { Static, TObject, TSchema } from "typebox";
import { parameterReader } from "./read-parameters.js";

export interface Answer {
  readonly description: string;
  readonly schema: TSchema | object;
}

/** One thing that can be asked for: what it takes, who may, what it answers. Routing and documentation both come from here. */
export interface Endpoint<Path extends TObject = TObject, Query extends TObject = TObject> {
  readonly methods: readonly ("get" | "post" | "put")[];
  /** With `{name}` for each parameter of `parameters`. */
  readonly path: string;
  readonly summary: string;
  readonly roles: readonly Role[];
  readonly parameters: Path;
  readonly query: Query;
  /** JSON Schema of the body, where there is one. */
  readonly body?: object;
  /** By status code; those that every endpoint can give are left out. */
  readonly answers: Readonly<Record<number, Answer>>;
  handle(c: Context<WebEnv>, path: Static<Path>, query: Static<Query>): Promise<Response>;
}

/** Keeps the types of the parameters for `handle`, and forgets them for lists. */
export function endpoint<Path extends TObject, Query extends TObject>(
  definition: Endpoint<Path, Query>,
): Endpoint {
  return definition;
}

/** Adds an endpoint to the routes; it answers with and without a slash at its end, as cc-backend's router. */
export function mount(site: Hono<WebEnv>, definition: Endpoint): void {
  const { methods, path, roles } = definition;
  const readPath = parameterReader(definition.parameters);
  const readQuery = parameterReader(definition.query);
  const pattern = path.replaceAll(/\{(\w+)\}/g, ":$1");
  const paths = pattern.endsWith("/") ? [pattern, pattern.slice(0, -1)] : [pattern];
  site.on(
    methods.map((method) => method.toUpperCase()),
    paths,
    allow(...roles),
    async (c) => {
      const given = c.req.param() as Record<string, string>;
      const inPath = readPath(
        Object.fromEntries(Object.entries(given).map(([name, value]) => [name, [value]])),
      );
      return await definition.handle(c, inPath, readQuery(c.req.queries()));
    },
  );
}
