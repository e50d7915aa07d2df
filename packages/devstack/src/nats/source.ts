import type { FetchContext } from "../fetch-context.js";

/** Rejects with the reason when this way does not work here. */
export interface Source {
  readonly name: "github" | "go" | "debian";
  readonly label: string;
  /** The directory in the cache where its binary is kept. */
  readonly cacheName: string;
  readonly fetch: (context: FetchContext) => Promise<void>;
}
