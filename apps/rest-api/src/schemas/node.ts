import { nodeConditions } from "@cc-ingest/protocol";
import { Type } from "typebox";
import { closed, next, nullable } from "./common.js";

const report = {
  states: Type.Array(Type.String(), { description: "As the scheduler reported them." }),
  healthState: nullable(Type.Enum(["full", "partial", "failed"])),
  jobsRunning: Type.Integer(),
  cpusAllocated: Type.Integer(),
  memoryAllocated: Type.Integer({ description: "Megabytes." }),
  gpusAllocated: Type.Integer(),
};

const unknown = "; null where no cluster definition tells";

/** A node with what was last reported of it. */
export const Node = Type.Object(
  {
    cluster: Type.String(),
    hostname: Type.String(),
    subCluster: Type.String(),
    timeStamp: nullable(
      Type.Integer({ description: "Unix seconds of the newest report; null before the first." }),
    ),
    nodeState: Type.Enum([...nodeConditions], { description: "What the states come to." }),
    ...report,
    cpusTotal: nullable(Type.Integer({ description: `Hardware threads${unknown}.` })),
    memoryTotal: nullable(Type.Integer({ description: `Megabytes${unknown}.` })),
    gpusTotal: nullable(Type.Integer()),
  },
  closed,
);

export const NodeList = Type.Object({ nodes: Type.Array(Node), items: Type.Integer(), next }, closed);

export const NodeHistory = Type.Object(
  {
    cluster: Type.String(),
    hostname: Type.String(),
    states: Type.Array(
      Type.Object(
        { timeStamp: Type.Integer(), nodeState: Type.Enum([...nodeConditions]), ...report },
        closed,
      ),
    ),
    items: Type.Integer(),
    next: nullable(
      Type.Integer({ description: "What to give as from for the rest; null when this is all of it." }),
    ),
  },
  closed,
);

export const Clusters = Type.Object(
  {
    clusters: Type.Array(
      Type.Object(
        {
          name: Type.String(),
          subClusters: Type.Array(
            Type.Object(
              {
                name: Type.String(),
                nodes: Type.String({ description: "The node list as the definition writes it." }),
                coresPerNode: nullable(Type.Integer()),
                hwthreadsPerNode: nullable(Type.Integer()),
                memoryPerNode: nullable(Type.Integer({ description: "Megabytes." })),
                acceleratorsPerNode: nullable(Type.Integer()),
              },
              closed,
            ),
          ),
        },
        closed,
      ),
    ),
  },
  closed,
);
