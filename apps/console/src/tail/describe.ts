import type { MessageOutcome } from "@cc-ingest/protocol";
import { type Precision, decodeMessage } from "@cc-ingest/protocol";
import type { StoredMessage } from "@cc-ingest/jetstream";

/** What a line says, in a few words. */
export interface DescribedLine {
  readonly kind: MessageOutcome["kind"];
  readonly text: string;
  readonly cluster: string | undefined;
  readonly jobId: bigint | undefined;
}

export function describeMessage({ data, storedAt }: StoredMessage, precision: Precision): DescribedLine[] {
  return Array.from(decodeMessage(data, { precision, streamTime: storedAt }), describe);
}

function describe(outcome: MessageOutcome): DescribedLine {
  switch (outcome.kind) {
    case "start_job": {
      const { cluster, user, numNodes, jobId } = outcome.job;
      const text = `start of job ${jobId} of ${user} on ${numNodes} ${numNodes === 1 ? "node" : "nodes"} of ${cluster}`;
      return { kind: outcome.kind, text, cluster, jobId };
    }
    case "stop_job": {
      const { cluster, jobId, jobState } = outcome.stop;
      const where = cluster === undefined ? "" : ` of ${cluster}`;
      return { kind: outcome.kind, text: `stop of job ${jobId}${where}: ${jobState}`, cluster, jobId };
    }
    case "nodestate": {
      const { cluster, nodes } = outcome.nodes;
      const states = [...Map.groupBy(nodes, ({ state }) => state)].map(
        ([state, some]) => `${some.length} ${state}`,
      );
      return {
        kind: outcome.kind,
        text: `${nodes.length} nodes of ${cluster}: ${states.join(", ")}`,
        cluster,
        jobId: undefined,
      };
    }
    case "rejected":
      return {
        kind: outcome.kind,
        text: `refused: ${outcome.message} (${outcome.code})`,
        cluster: undefined,
        jobId: undefined,
      };
  }
}
