import type { Command } from "commander";
import type { ReplayStreamOptions } from "../replay/replay.js";
import { examples, withConfig, withJson } from "../shared/help.js";
import { streamPlace } from "../shared/parse.js";

export function addReplay(program: Command): void {
  withJson(withConfig(program.command("replay")))
    .summary("apply what a stream holds again, into an empty database or one that lacks something")
    .description(
      "Reads a stream's messages again and applies them the way the services do, directly into the database; into an empty one it " +
        "gives the tables that the services had made of them. What is there already changes nothing, so it may run beside the " +
        "services, and twice. How far it got is kept by a consumer of its own at the broker: interrupted, it goes on " +
        "when the same command is run again. The services do this by themselves after a restore of their database; by hand it " +
        "is for other databases, and for streams that they do not read.",
    )
    .requiredOption("--stream <name>", "the stream to read; ccingest status names them")
    .requiredOption(
      "--from <place>",
      "the first message: its sequence number, or those stored at this time (2026-03-01T12:00:00Z) or later",
      streamPlace,
    )
    .option(
      "--to <place>",
      "the last message: its sequence number, or those stored before this time (default: the newest one now)",
      streamPlace,
    )
    .option("--announce", "send lifecycle events for the runs that start or stop by it, as the services do")
    .option("--anew", "begin at --from, even if an earlier replay from there was interrupted")
    .addHelpText(
      "after",
      examples(
        ["ccingest replay --stream CC_JOB --from 1", "all that the stream holds"],
        ["ccingest replay --stream CC_JOB --from 2026-03-01T00:00:00Z", "since March"],
        ["ccingest replay --stream CC_NODE --from 1200 --to 1300", "a stretch of it"],
        [
          "DATABASE_URL=postgres://… ccingest replay --stream CC_JOB --from 1",
          "into another database, migrated before",
        ],
      ),
    )
    .action(async (options: ReplayStreamOptions) => {
      const { runReplayStream } = await import("../replay/replay.js");
      await runReplayStream(options);
    });
}
