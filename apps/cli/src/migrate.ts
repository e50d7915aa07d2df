import { migrate } from "@cc-ingest/database";
import { withDatabase } from "./shared/database.js";
import { type ConfigOption, settings } from "./shared/settings.js";
import { print } from "./shared/terminal.js";

export interface MigrateOptions extends ConfigOption {
  readonly json?: boolean;
}

export async function runMigrate(options: MigrateOptions): Promise<void> {
  const config = await settings(options, ["database"]);
  const { applied } = await withDatabase(config, migrate);
  if (options.json === true) print(JSON.stringify({ applied }));
  else if (applied.length === 0) print("the schema is up to date, nothing to do");
  else for (const name of applied) print(`applied ${name}`);
}
