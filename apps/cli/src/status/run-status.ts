import { setTimeout as delay } from "node:timers/promises";
import { CliError } from "../shared/cli-error.js";
import { exitCodes } from "../shared/exit-codes.js";
import { createScreen } from "../shared/screen.js";
import { type ConfigOption, settings } from "../shared/settings.js";
import { readLiveStack } from "../shared/stack-file.js";
import { stopSignal } from "../shared/stop-signal.js";
import { print } from "../shared/terminal.js";
import { showStatus } from "./show-status.js";
import { type Status, problemsOf } from "./status.js";
import { StatusReader } from "./status-reader.js";

export interface StatusOptions extends ConfigOption {
  readonly service?: Readonly<Record<string, string>>;
  readonly watch?: boolean;
  readonly json?: boolean;
}

const WATCH_EVERY_MS = 2_000;

export async function runStatus(options: StatusOptions): Promise<void> {
  const config = await settings(options, ["nats", "database", "api-subjects"]);
  const services = options.service ?? (await readLiveStack())?.healthUrls ?? {};
  await using reader = new StatusReader(config, services);
  const show = options.json === true ? JSON.stringify : showStatus;
  if (options.watch === true) return await watch(reader, show, options.json === true);
  const status = await reader.read();
  print(show(status));
  const problems = problemsOf(status);
  // Each stands in what was printed already.
  if (problems.length > 0) throw new CliError(exitCodes.failed, summary(problems.length));
}

function summary(problems: number): string {
  return problems === 1 ? "there is a problem, see above" : `there are ${problems} problems, see above`;
}

/** Until Ctrl-C: in place on a terminal, one after the other elsewhere. */
async function watch(reader: StatusReader, show: (status: Status) => string, json: boolean): Promise<void> {
  using stop = stopSignal();
  const screen = json ? { draw: print, end: () => {} } : createScreen();
  while (!stop.signal.aborted) {
    screen.draw(show(await reader.read()));
    await delay(WATCH_EVERY_MS, undefined, { signal: stop.signal }).catch(() => {});
  }
  screen.end();
}
