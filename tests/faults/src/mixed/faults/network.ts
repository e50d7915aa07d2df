import type { Direction, TcpProxy } from "@cc-ingest/devstack";
import type { Slot } from "../slot.ts";
import { type Fault, forAWhile, logs, proof } from "./fault.ts";

const LOST = "lost the broker";
const RETRIED = "batch not finished, trying again";

const brokersOf = ({ network }: Slot): readonly TcpProxy[] => network.brokers;
const databaseOf = ({ network }: Slot): readonly TcpProxy[] => [network.database];

function cut(kind: string, proxiesOf: (slot: Slot) => readonly TcpProxy[], said: string): Fault {
  return {
    kind,
    strikes: "slot",
    async strike(_plant, slot, random) {
      const seen = logs(slot, said);
      for (const proxy of proxiesOf(slot)) proxy.cut();
      const noticed = await proof("noticed", seen);
      await forAWhile(random, 0, 2_000);
      for (const proxy of proxiesOf(slot)) proxy.restore();
      return noticed;
    },
  };
}

/** `forget`: the client's end of the old connections stays silent for ever. */
function swallowed(
  kind: string,
  proxiesOf: (slot: Slot) => readonly TcpProxy[],
  directions: readonly Direction[],
  forget: boolean,
): Fault {
  return {
    kind,
    strikes: "slot",
    async strike(_plant, slot, random) {
      const proxies = proxiesOf(slot);
      const total = (): number => proxies.reduce((sum, { traffic }) => sum + traffic.swallowed, 0);
      const before = total();
      for (const proxy of proxies) proxy.blackHole(...directions);
      const lost = await proof("bytes swallowed", () => total() > before);
      await forAWhile(random, 200, 2_000);
      for (const proxy of proxies) proxy.restore({ forget });
      return lost;
    },
  };
}

const BOTH: readonly Direction[] = ["to-client", "to-server"];

export const networkFaults: readonly Fault[] = [
  cut("network to the brokers cut", brokersOf, LOST),
  cut("network to the database cut", databaseOf, RETRIED),
  swallowed("acknowledgements lost", brokersOf, ["to-server"], false),
  swallowed("answers of the database lost", databaseOf, ["to-client"], false),
  swallowed("half-open to the brokers", brokersOf, BOTH, true),
  swallowed("half-open to the database", databaseOf, BOTH, true),
  {
    kind: "slow network",
    strikes: "slot",
    async strike(_plant, slot, random) {
      const proxies = [...brokersOf(slot), ...databaseOf(slot)];
      for (const proxy of proxies) proxy.slow(100 + random() * 300);
      await forAWhile(random, 2_000, 5_000);
      for (const proxy of proxies) proxy.restore();
      return "bytes came late";
    },
  },
];
