import { NodeStore } from "@cc-ingest/database";
import type { Runtime, Work } from "@cc-ingest/service";
import { type NodestateLine, checkHosts } from "./check-hosts.js";
import { nodePlaces } from "./node-places.js";

/** What this service does with its lines. */
export async function openNodestate({ config, db, definitions }: Runtime): Promise<Work<NodestateLine>> {
  const { unknownHosts, maxAheadSeconds } = config.ingest.nodestate;
  const store = new NodeStore(nodePlaces(definitions));
  return {
    accept: (line) => (line.kind === "nodestate" ? checkHosts(line, definitions, unknownHosts) : undefined),
    maxAheadSeconds,
    commit: (batch, mode) => store.commit(db, batch, mode),
  };
}
