import type { Command } from "commander";
import type { ProvisionOptions } from "../provision.js";
import { examples, withConfig, withJson } from "../shared/help.js";

export function addProvision(program: Command): void {
  withJson(withConfig(program.command("provision")))
    .summary("create the streams and consumers, or check them")
    .description(
      "Creates what the services need at the broker: for job events and for node states a stream that stores the " +
        "subject and a durable pull consumer. A stream that already covers a subject is used whatever its name. What " +
        "is there is checked, and refused when it would lose or repeat messages.",
    )
    .option("--verify", "create and change nothing, only check")
    .option(
      "--apply-limits",
      "give streams that are there the configured limits of age and size; a lower one drops what exceeds it",
    )
    .addHelpText(
      "after",
      examples(
        ["ccingest provision", "create what is missing and show what there is"],
        ["ccingest provision --verify", "for administrators: is all as it must be?"],
        [
          "INGEST_STREAMS_MAX_BYTES=1000000000 ccingest provision --apply-limits",
          "more room for the streams",
        ],
      ),
    )
    .action(async (options: ProvisionOptions) => {
      const { runProvision } = await import("../provision.js");
      await runProvision(options);
    });
}
