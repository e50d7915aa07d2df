import type { Overview, SchemaVersion } from "@cc-ingest/database";

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

/** A running process of a service. */
export interface ReplicaStatus {
  /** Of the service. */
  readonly name: string;
  readonly id: string;
  readonly version: string;
  /** Host and process. */
  readonly instance: string;
  readonly stream: string;
  readonly durable: string;
  /** Committed since it started, and per second of late. */
  readonly messages: number;
  readonly messagesPerSecond: number;
  /** Messages that its consumer still has for all replicas; null before it is known. */
  readonly lag: number | null;
  readonly batchesInFlight: number;
  /** Why it takes no messages now. */
  readonly problems: readonly string[];
}

/** The stream and the durable consumer of one subject. */
export type StreamStatus =
  | { readonly subject: string; readonly problem: string }
  | {
      readonly subject: string;
      readonly problem?: undefined;
      readonly stream: string;
      readonly messages: number;
      readonly bytes: number;
      /** Messages it has ever stored: the sequence of the last one. */
      readonly lastSequence: number;
      readonly durable: string;
      /** Not delivered yet. */
      readonly pending: number;
      /** Delivered, not acknowledged yet. */
      readonly ackPending: number;
      readonly redelivered: number;
    };

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
