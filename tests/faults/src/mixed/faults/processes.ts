import { points, killAt } from "../../changes/points.ts";
import { STREAMS } from "../../site/replica.ts";
import { repeatedDeliveries } from "../../verdict/drained.ts";
import type { Slot } from "../slot.ts";
import { type Fault, forAWhile, logs, pick, proof } from "./fault.ts";

const DAY_MS = 86_400_000;
/** A new consumer delivers all there is: late in a long run that would be all that happens. */
const SMALL_STREAM = 5_000;

async function restarted(slot: Slot, signal: "SIGTERM" | "SIGKILL"): Promise<string | undefined> {
  const { process } = slot;
  process.kill(signal);
  const end = await process.exit;
  await slot.replaced(process);
  const wanted = signal === "SIGTERM" ? 0 : signal;
  return end === wanted ? `ended with ${end}` : undefined;
}

function ended(signal: "SIGTERM" | "SIGKILL"): Fault {
  return { kind: signal, strikes: "slot", strike: (_plant, slot) => restarted(slot, signal) };
}

export const processFaults: readonly Fault[] = [
  ended("SIGTERM"),
  ended("SIGKILL"),
  {
    kind: "SIGKILL at a named point",
    strikes: "slot",
    async strike(_plant, slot, random) {
      // Only batches of jobs pass there.
      const there = slot.service === "ingest-jobs" ? points : points.filter((point) => point !== "committed");
      slot.startNextWith({ changes: [killAt(pick(there, random))] });
      const { process } = slot;
      process.kill("SIGTERM");
      await process.exit;
      await slot.replaced(process);
      const killing = slot.process;
      const end = await killing.exit;
      await slot.replaced(killing);
      return end === "SIGKILL" ? "killed itself" : undefined;
    },
  },
  {
    kind: "process frozen longer than the broker waits",
    strikes: "slot",
    async strike({ jsm }, { service, process }) {
      const before = await repeatedDeliveries(jsm, service);
      process.kill("SIGSTOP");
      const again = await proof("its messages were delivered again", async () => {
        return (await repeatedDeliveries(jsm, service)) > before;
      });
      process.kill("SIGCONT");
      return again;
    },
  },
  {
    kind: "clock wrong by a day",
    strikes: "slot",
    async strike(_plant, slot, random) {
      slot.startNextWith({ clockOffsetMs: random() < 0.5 ? DAY_MS : -DAY_MS });
      await restarted(slot, "SIGTERM");
      await slot.process.logged("started");
      const time = Date.parse(String(slot.process.log[0]?.["time"]));
      await forAWhile(random, 2_000, 5_000);
      await restarted(slot, "SIGTERM");
      return Math.abs(time - Date.now()) > DAY_MS / 2 ? "its log is a day off" : undefined;
    },
  },
  {
    kind: "consumer deleted",
    strikes: "slot",
    fits: async ({ jsm }) => (await jsm.streams.info(STREAMS["ingest-jobs"])).state.last_seq < SMALL_STREAM,
    async strike({ jsm, slots }, { service }) {
      const struck = slots.filter((slot) => slot.service === service);
      const seen = struck.map((slot) => logs(slot, "the consumer can't be reached"));
      // While the brokers choose a leader they do not answer.
      await proof("deleted", () => jsm.consumers.delete(STREAMS[service], service));
      const noticed = await proof("not ready, and says why", () => seen.every((each) => each()));
      // What an operator does about it.
      await Promise.all(struck.map((slot) => restarted(slot, "SIGTERM")));
      return noticed;
    },
  },
];
