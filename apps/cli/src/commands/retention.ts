import type { Command } from "commander";
import type { RetentionOptions } from "../retention/retention.js";
import { examples, withConfig, withJson } from "../shared/help.js";

export function addRetention(program: Command): void {
  withJson(withConfig(program.command("retention")))
    .summary("drop or move old days of node states")
    .description(
      "Drops the days of node states that are older than ingest.nodestate.retention-days, or moves each to a Parquet " +
        "file first, as ingest.nodestate.retention-policy says. ingest-nodestate does the same every hour; this does it " +
        "once, for a cron job or by hand. Safe to repeat, to interrupt, and while services run: one process does it at a " +
        "time, and the next run goes on where one stopped. The newest state of each node stays. Needs the rights of the " +
        "schema's owner.",
    )
    .option("--dry-run", "drop and move nothing, only show which days would go")
    .addHelpText(
      "after",
      examples(
        ["ccingest retention --dry-run", "what would go, and how large it is"],
        ["ccingest retention", "drop it, or move it"],
        ["INGEST_NODESTATE_RETENTION_DAYS=90 ccingest retention", "with another horizon"],
      ),
    )
    .action(async (options: RetentionOptions) => {
      const { runRetention } = await import("../retention/retention.js");
      await runRetention(options);
    });
}
