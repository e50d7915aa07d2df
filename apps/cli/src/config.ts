import { exampleConfig, showConfig } from "@cc-ingest/config";
import { type ConfigOption, settings } from "./shared/settings.js";
import { print } from "./shared/terminal.js";

/** Nothing is required: what is missing is seen. */
export async function runConfigShow(options: ConfigOption): Promise<void> {
  print(showConfig(await settings(options, [])).trimEnd());
}

export function runConfigExample(): void {
  print(exampleConfig().trimEnd());
}
