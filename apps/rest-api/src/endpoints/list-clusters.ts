import type { ClusterDefinition, ClusterDefinitions } from "@cc-ingest/config";
import { type Database, readClusterNames } from "@cc-ingest/database";
import { HTTPException } from "hono/http-exception";
import { Type } from "typebox";
import { endpoint } from "../endpoint.js";
import { readingRoles } from "../roles.js";
import { ErrorAnswerSchema } from "../schemas/common.js";
import { Clusters } from "../schemas/node.js";

export function listClusters(db: Database, definitions: ClusterDefinitions | undefined) {
  return endpoint({
    methods: ["get"],
    path: "/api/clusters/",
    summary: "The clusters that are defined; without definitions those that have been reported of.",
    roles: readingRoles,
    parameters: Type.Object({}),
    query: Type.Object({ cluster: Type.Optional(Type.String()) }),
    answers: {
      200: { description: "The clusters.", schema: Clusters },
      404: { description: "There is no such cluster.", schema: ErrorAnswerSchema },
    },
    async handle(c, _, { cluster }) {
      const known = definitions?.clusters ?? (await readClusterNames(db)).map(withoutDefinition);
      const clusters = cluster === undefined ? known : known.filter(({ name }) => name === cluster);
      if (cluster !== undefined && clusters.length === 0)
        throw new HTTPException(404, { message: `there is no cluster ${cluster}` });
      return c.json({ clusters: clusters.map(asAnswered) });
    },
  });
}

function withoutDefinition(name: string): ClusterDefinition {
  return { name, subclusters: [] };
}

function asAnswered({ name, subclusters }: ClusterDefinition) {
  return {
    name,
    subClusters: subclusters.map(({ name: subcluster, nodes, capacity }) => ({
      name: subcluster,
      nodes,
      coresPerNode: capacity?.cores ?? null,
      hwthreadsPerNode: capacity?.hwthreads ?? null,
      memoryPerNode: capacity?.memoryMb ?? null,
      acceleratorsPerNode: capacity?.accelerators ?? null,
    })),
  };
}
