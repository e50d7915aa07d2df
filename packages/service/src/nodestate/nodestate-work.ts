import { NodeStore } from "@cc-ingest/database";
import type { Work, WorkContext } from "../definition.js";
import { type NodestateLine, checkHosts } from "./check-hosts.js";
import { nodePlaces } from "./node-places.js";

/** What is done with the lines of the node-state subject. */
export function nodestateWork({ config, db, definitions }: WorkContext): Work<NodestateLine> {
  const { unknownHosts, maxAheadSeconds } = config.ingest.nodestate;
  const store = new NodeStore(nodePlaces(definitions));
  return {
    accept: (line) => (line.kind === "nodestate" ? checkHosts(line, definitions, unknownHosts) : undefined),
    maxAheadSeconds,
    commit: (batch, mode) => store.commit(db, batch, mode),
  };
}
