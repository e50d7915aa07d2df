import type { Command } from "commander";
import { examples, withConfig, withJson } from "../shared/help.js";
import { amount, integer, pointInTime, seconds } from "../shared/parse.js";
import { addTraffic } from "../simulate/options.js";
import type { SimulateOptions } from "../simulate/simulate.js";

export function addSimulate(program: Command): void {
  const command = withJson(withConfig(program.command("simulate")))
    .summary("send what a cluster would send")
    .description(
      "Sends the job events and node states of an imaginary cluster, as cc-slurm-adapter does: published without " +
        "acknowledgement, multi-line job scripts and Slurm's description included, jobs that last seconds to minutes. " +
        "The same seed gives the same jobs. Without --jobs and --duration it goes on until Ctrl-C.",
    )
    .option("--jobs <n>", "end when so many jobs have started and stopped", integer(0))
    .option("--duration <time>", "end after this time, such as 60s or 5m, whatever still runs", seconds);
  addTraffic(command, { nodes: 1000, jobsPerSecond: 50, nodeInterval: 60 })
    .option(
      "--start-time <time>",
      "simulated time of the beginning (default: now, or so that it ends now)",
      pointInTime,
    )
    .option("--fast", "don't wait for simulated time: send as fast as the broker takes it")
    .option("--rate-limit <n>", "messages per second at most", amount)
    .option("--ack", "wait for the streams' acknowledgements and count them: what is counted is stored")
    .option("--output <file>", "write the lines into a file, or - for standard output, and publish nothing")
    .addHelpText(
      "after",
      examples(
        [
          "ccingest simulate --cluster fritz --nodes 1000 --jobs-per-second 50 --duration 60s",
          "a busy minute",
        ],
        ["ccingest simulate --jobs 100000 --fast --ack --node-interval 0", "a backlog, every message stored"],
        ["ccingest simulate --jobs 1000 --stop-shuffle 0.2 --duplicates 0.1 --bad-lines 0.05", "with faults"],
        ["ccingest simulate --jobs 3 --node-interval 0 --output -", "look at the lines"],
      ),
    )
    .action(async (options: SimulateOptions) => {
      const { runSimulate } = await import("../simulate/simulate.js");
      await runSimulate(options);
    });
}
