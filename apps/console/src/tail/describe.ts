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
  const { kind } = outcome;
  if (kind === "start_job") {
    const { cluster, user, numNodes, jobId } = outcome.job;
    return {
      kind,
      text: `start of job ${jobId} of ${user} on ${nodesOf(numNodes, cluster)}`,
      cluster,
      jobId,
    };
  }
  if (kind === "stop_job") {
    const { cluster, jobId, jobState } = outcome.stop;
    const where = cluster === undefined ? "" : ` of ${cluster}`;
    return { kind, text: `stop of job ${jobId}${where}: ${jobState}`, cluster, jobId };
  }
  if (kind === "nodestate") {
    const { cluster, nodes } = outcome.nodes;
    const states = [...Map.groupBy(nodes, ({ state }) => state)];
    const told = states.map(([state, some]) => `${some.length} ${state}`).join(", ");
    return { kind, text: `${nodesOf(nodes.length, cluster)}: ${told}`, cluster, jobId: undefined };
  }
  const text = `refused: ${outcome.message} (${outcome.code})`;
  return { kind, text, cluster: undefined, jobId: undefined };
}

function nodesOf(count: number, cluster: string): string {
  return `${count} ${count === 1 ? "node" : "nodes"} of ${cluster}`;
}
