import { NodeStore } from "@cc-ingest/database";
import type { Work, WorkContext } from "../definition.js";
import { holdToSubject } from "../hold-to-subject.js";
import { type NodestateLine, checkHosts } from "./check-hosts.js";
import { nodePlaces } from "./node-places.js";

/** What is done with the lines of the node-state subject. */
export function nodestateWork({ config, db, definitions }: WorkContext): Work<NodestateLine> {
  const { unknownHosts, maxAheadSeconds } = config.ingest.nodestate;
  const hold = holdToSubject(config.apiSubjects?.nodeState);
  const store = new NodeStore(nodePlaces(definitions));
  return {
    accept(line, subject) {
      if (line.kind !== "nodestate") return undefined;
      const held = hold<NodestateLine>(line, subject);
      return "reason" in held ? held : checkHosts(held, definitions, unknownHosts);
    },
    maxAheadSeconds,
    commit: (batch, mode) => store.commit(db, batch, mode),
  };
}
