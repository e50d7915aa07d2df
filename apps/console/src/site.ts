import type { Broker, WebEnv, WebRuntime } from "@cc-ingest/web";
import type { Context } from "hono";
import type { PipelineWatch } from "./pipeline/watch.js";
import type { Assets } from "./views/layout.js";

/** What the pages are made with. */
export interface Site extends WebRuntime {
  readonly broker: Broker;
  readonly assets: Assets;
  readonly watch: PipelineWatch;
}

export type Ctx = Context<WebEnv>;
