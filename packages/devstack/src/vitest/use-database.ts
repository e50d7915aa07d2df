import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, inject } from "vitest";
import { createDatabase, dropDatabase } from "../postgres/databases.js";
import { ensureTemplate } from "./ensure-template.js";
import type { ProvidedPostgres } from "./provided.js";

export interface UseDatabaseOptions {
  /** Brings an empty database to the newest schema; run once per vitest run. Must close its connections. */
  readonly migrate: (url: string) => Promise<void>;
  /** Tells templates apart when one run migrates in more than one way. */
  readonly template?: string;
}

const HOOK_TIMEOUT_MS = 90_000;

/** A migrated database of its own for the tests of this file (or `describe` block). */
export function useDatabase(options: UseDatabaseOptions): () => { readonly url: string } {
  let database: { readonly name: string; readonly url: string } | undefined;
  beforeAll(async () => {
    const { adminUrl, prefix }: ProvidedPostgres = inject("devstackPostgres");
    const template = `${prefix}template_${options.template ?? "default"}`;
    await ensureTemplate(adminUrl, template, options.migrate);
    const name = `${prefix}${randomBytes(6).toString("hex")}`;
    database = { name, url: await createDatabase(adminUrl, name, template) };
  }, HOOK_TIMEOUT_MS);
  afterAll(async () => {
    if (database !== undefined) {
      await dropDatabase(inject("devstackPostgres").adminUrl, database.name);
    }
  }, HOOK_TIMEOUT_MS);
  return () => {
    if (database === undefined) {
      throw new Error("useDatabase() is called at the top of a test file, its answer inside a test");
    }
    return database;
  };
}
