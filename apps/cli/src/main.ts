#!/usr/bin/env node
import { onCrash, sanitizeLogLine } from "@cc-ingest/telemetry";
import { Command, CommanderError } from "commander";
import { addAuth } from "./commands/auth.js";
import { addConfig } from "./commands/config.js";
import { addDeadLetters } from "./commands/dead-letters.js";
import { addMigrate } from "./commands/migrate.js";
import { addProvision } from "./commands/provision.js";
import { addPublish } from "./commands/publish.js";
import { addReplay } from "./commands/replay.js";
import { addRetention } from "./commands/retention.js";
import { addSimulate } from "./commands/simulate.js";
import { addStatus } from "./commands/status.js";
import { addUp } from "./commands/up.js";
import { exitCodes } from "./shared/exit-codes.js";
import { overview } from "./shared/help.js";
import { note, styled } from "./shared/terminal.js";
import { version } from "./shared/version.js";

const program = new Command("ccingest")
  .description("ClusterCockpit's job events and node states, from NATS JetStream into Postgres.")
  .version(version())
  .addHelpText("after", overview)
  .showHelpAfterError("Add --help for what there is.")
  .exitOverride();
for (const add of [
  addUp,
  addMigrate,
  addProvision,
  addPublish,
  addSimulate,
  addStatus,
  addDeadLetters,
  addReplay,
  addRetention,
  addAuth,
  addConfig,
])
  add(program);

onCrash(ofCommand);
// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(exitCodes.done);
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = error instanceof CommanderError ? ofCommander(error) : await ofCommand(error);
}

/** Commander has said what is wrong by itself. */
function ofCommander({ exitCode }: CommanderError): number {
  return exitCode === 0 ? exitCodes.done : exitCodes.mistake;
}

async function ofCommand(error: unknown): Promise<number> {
  const { explain } = await import("./shared/explain.js");
  const { exitCode, message } = explain(error);
  note(`${styled("red", "error:", process.stderr)} ${sanitizeLogLine(message)}`);
  if (process.env["CCINGEST_DEBUG"] === "1")
    note(sanitizeLogLine(String(error instanceof Error ? error.stack : error)));
  return exitCode;
}
