import { archiveOf } from "@cc-ingest/archive";
import type { Config } from "@cc-ingest/config";
import { type DayTable, type DroppedDay, dropOldDays, readOldDays } from "@cc-ingest/database";
import { CliError, mistake } from "../shared/cli-error.js";
import { withDatabase } from "../shared/database.js";
import { exitCodes } from "../shared/exit-codes.js";
import { type ConfigOption, settings } from "../shared/settings.js";
import { stopSignal } from "../shared/stop-signal.js";
import { note, print, styled, table } from "../shared/terminal.js";
import { tenths } from "./tenths.js";

export interface RetentionOptions extends ConfigOption {
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export async function runRetention(options: RetentionOptions): Promise<void> {
  const config = await settings(options, ["database"]);
  if (config.ingest.nodestate.retention.days === 0)
    throw mistake(
      'node states are kept for ever: set "ingest.nodestate.retention-days" in the file or ' +
        "INGEST_NODESTATE_RETENTION_DAYS in the environment",
    );
  if (options.dryRun === true) await showOldDays(config, options);
  else await retire(config, options);
}

async function showOldDays(config: Config, { json }: RetentionOptions): Promise<void> {
  const { retention } = config.ingest.nodestate;
  const days = await withDatabase(config, (db) => readOldDays(db, retention.days));
  if (json === true) print(JSON.stringify(days));
  else if (days.length === 0) print(`no day is older than ${retention.days} days, nothing to do`);
  else print(`${showDays(days)}\n${fateOf(retention)}`);
}

function showDays(days: readonly DayTable[]): string {
  const head = ["DAY", "MB"].map((title) => styled("dim", title));
  return table([head, ...days.map(({ day, bytes }) => [day, (bytes / 1e6).toFixed(1)])]);
}

function fateOf({ policy, path }: Config["ingest"]["nodestate"]["retention"]): string {
  return policy === "move" ? `would be moved to ${path}` : "would be dropped";
}

async function retire(config: Config, { json }: RetentionOptions): Promise<void> {
  const { retention } = config.ingest.nodestate;
  using stop = stopSignal();
  const dropped: DroppedDay[] = [];
  const work = withDatabase(config, (db) =>
    dropOldDays(db, {
      days: retention.days,
      archive: archiveOf(retention),
      signal: stop.signal,
      onProgress: tenths((day, percent) => note(`${day}: ${percent} % written`)),
      onDropped(day) {
        dropped.push(day);
        if (json !== true) print(showDropped(day));
      },
    }),
  );
  const horizon = await work.catch((cause: unknown) => {
    if (!stop.signal.aborted) throw cause;
    throw new CliError(exitCodes.failed, "stopped before all was done; the next run goes on from here", {
      cause,
    });
  });
  if (json === true) print(JSON.stringify({ busy: horizon === "busy", dropped }));
  else if (horizon === "busy") print("another process is doing this already, nothing to do");
  else if (dropped.length === 0) print(`no day is older than ${retention.days} days, nothing to do`);
}

function showDropped({ day, file }: DroppedDay): string {
  return file === undefined ? `dropped ${day}` : `moved ${day} to ${file}`;
}
