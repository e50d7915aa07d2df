import type { Overview, SchemaVersion } from "@cc-ingest/database";
import type { ReplicaStatus, StreamStatus } from "@cc-ingest/service";

/** What there is and how far it got. The shape of `ccingest status --json`. */
export interface Status {
  readonly broker: BrokerStatus;
  readonly database: DatabaseStatus;
  readonly services: readonly ServiceStatus[];
}

interface Unusable {
  readonly address: string;
  readonly problem: string;
}

export type BrokerStatus =
  | Unusable
  | {
      readonly address: string;
      readonly problem?: undefined;
      readonly version: string;
      readonly streams: readonly StreamStatus[];
      readonly replicas: Replicas;
    };

/** The replicas that answer through the broker, or why nobody could be asked. */
export type Replicas =
  | { readonly problem: string }
  | { readonly problem?: undefined; readonly found: readonly ReplicaStatus[] };

export type DatabaseStatus =
  | Unusable
  | ({ readonly address: string; readonly problem?: undefined; readonly schema: SchemaVersion } & Overview);

export interface ServiceStatus {
  readonly name: string;
  readonly url: string;
  readonly ready: boolean;
  /** Why it is not. */
  readonly problems: readonly string[];
}

/** Everything in the way of messages becoming rows; empty when all is well. */
export function problemsOf({ broker, database, services }: Status): string[] {
  const problems: (string | undefined)[] = [broker.problem, database.problem];
  if (broker.problem === undefined) problems.push(...broker.streams.map(({ problem }) => problem));
  for (const { name, problems: reasons } of [...services, ...replicasOf(broker)])
    problems.push(...reasons.map((reason) => `${name}: ${reason}`));
  // A service that is asked both ways says the same twice.
  return [...new Set(problems.filter((problem) => problem !== undefined))];
}

function replicasOf(broker: BrokerStatus): readonly ReplicaStatus[] {
  if (broker.problem !== undefined) return [];
  return broker.replicas.problem === undefined ? broker.replicas.found : [];
}
