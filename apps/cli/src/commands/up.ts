import type { Command } from "commander";
import { examples } from "../shared/help.js";
import { integer } from "../shared/parse.js";
import { addTraffic } from "../simulate/options.js";
import type { UpOptions } from "../up/up.js";

const port = integer(1, 65_535);

export function addUp(program: Command): void {
  const command = program
    .command("up")
    .summary("run everything on this machine")
    .description(
      "Starts a nats-server with JetStream and a Postgres (or uses those of NATS_URL and DATABASE_URL), brings the " +
        "schema up to date, starts both services, and feeds them a small simulated cluster, until Ctrl-C. Addresses " +
        "are printed and stand in .cc-ingest/stack.json; logs are in .cc-ingest/logs. A port that is taken is " +
        "replaced by a free one.",
    )
    .option("--no-simulation", "leave it idle")
    .option(
      "--data <directory>",
      "keep broker and database there (default: a temporary one, removed at the end)",
    )
    .option("--nats-port <port>", "of the broker (default: 4222, or a free one)", port)
    .option("--postgres-port <port>", "of the database (default: 5432, or a free one)", port);
  addTraffic(command, { nodes: 64, jobsPerSecond: 2, nodeInterval: 10 })
    .addHelpText(
      "after",
      examples(
        ["ccingest up", "a cluster of 64 nodes that starts two jobs a second"],
        ["ccingest up --nodes 1000 --jobs-per-second 50", "a large one"],
        ["ccingest up --no-simulation --data ./data", "idle, and what is published stays"],
      ),
    )
    .action(async (options: UpOptions) => {
      const { runUp } = await import("../up/up.js");
      await runUp(options);
    });
}
