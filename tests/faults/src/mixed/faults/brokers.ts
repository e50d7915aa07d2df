import type { NatsServer } from "@cc-ingest/devstack";
import { STREAMS } from "../../site/replica.ts";
import type { Plant } from "../plant.ts";
import { type Fault, anyLogs, forAWhile, pick, proof } from "./fault.ts";

/** What the replicas say when the server they talk to goes away. Not all talk to the same one. */
const LOST = "lost the broker";

async function leaderOf({ brokers, jsm }: Plant, what: "stream" | "consumer") {
  const { cluster } =
    what === "stream"
      ? await jsm.streams.info(STREAMS["ingest-jobs"])
      : await jsm.consumers.info(STREAMS["ingest-jobs"], "ingest-jobs");
  return brokers.find(({ name }) => name === cluster?.leader);
}

async function servesReplicas({ monitorUrl }: NatsServer): Promise<boolean> {
  const response = await fetch(`${monitorUrl}/connz`);
  const { connections } = (await response.json()) as { connections: readonly { name?: string }[] };
  return connections.some(({ name }) => name?.startsWith("ingest-"));
}

function leaderKilled(what: "stream" | "consumer"): Fault {
  return {
    kind: `leader of the ${what} killed`,
    strikes: "brokers",
    async strike(plant, _slot, random) {
      const leader = await leaderOf(plant, what);
      if (leader === undefined) return undefined;
      await leader.kill();
      const other = await proof("another server leads", async () => {
        const now = await leaderOf(plant, what);
        return now !== undefined && now !== leader;
      });
      await forAWhile(random, 500, 2_000);
      await leader.restart();
      return other;
    },
  };
}

export const brokerFaults: readonly Fault[] = [
  leaderKilled("stream"),
  leaderKilled("consumer"),
  {
    kind: "a broker restarted",
    strikes: "brokers",
    async strike(plant, _slot, random) {
      const seen = anyLogs(plant, LOST);
      const used = await Promise.all(plant.brokers.map(servesReplicas));
      const choice = plant.brokers.filter((_, index) => used[index]);
      await pick(choice, random).restart();
      return await proof("a replica lost its broker", seen);
    },
  },
  {
    kind: "a broker frozen",
    strikes: "brokers",
    async strike(plant, _slot, random) {
      const leader = (await leaderOf(plant, "stream")) ?? pick(plant.brokers, random);
      await leader.kill("SIGSTOP");
      const other = await proof(
        "another server leads",
        async () => (await leaderOf(plant, "stream")) !== leader,
      );
      await leader.kill("SIGCONT");
      return other;
    },
  },
  {
    kind: "all brokers killed",
    strikes: "brokers",
    async strike(plant, _slot, random) {
      const seen = anyLogs(plant, LOST);
      await Promise.all(plant.brokers.map((broker) => broker.kill()));
      const lost = await proof("replicas lost all brokers", seen);
      await forAWhile(random, 500, 2_000);
      await Promise.all(plant.brokers.map((broker) => broker.restart()));
      return lost;
    },
  },
];
