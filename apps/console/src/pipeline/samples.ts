import type { ReplicaStatus } from "@cc-ingest/service";
import type { Look, StreamLook } from "./watch.js";

/** One moment of the charts, for one service; null where nothing is known. */
export interface ServiceSample {
  readonly lag: number | null;
  readonly oldestSeconds: number | null;
  /** Messages stored by the broker, and committed by the replicas, per second. */
  readonly storedPerSecond: number | null;
  readonly committedPerSecond: number | null;
  /** From storing to commit: of the slowest replica. */
  readonly p50: number | null;
  readonly p95: number | null;
}

export interface Sample {
  /** Unix seconds. */
  readonly at: number;
  readonly services: Readonly<Record<string, ServiceSample>>;
}

/** What charts draw, of looks in the order of time. Pure. */
export function samplesOf(looks: readonly Look[]): Sample[] {
  return looks.map((look, index) => sampleOf(look, looks[index - 1]));
}

/** `before`: the look before it, which rates are measured from. */
export function sampleOf(look: Look, before: Look | undefined): Sample {
  const services = look.streams.map((stream) => {
    const earlier = before?.streams.find(({ service }) => service === stream.service);
    const seconds = before === undefined ? 0 : (look.at - before.at) / 1_000;
    return [stream.service, serviceSample(stream, earlier, seconds, look.replicas)] as const;
  });
  return { at: look.at / 1_000, services: Object.fromEntries(services) };
}

function serviceSample(
  { service, status, oldestSeconds }: StreamLook,
  earlier: StreamLook | undefined,
  seconds: number,
  replicas: readonly ReplicaStatus[],
): ServiceSample {
  const own = replicas.filter(({ name }) => name === service);
  const latencies = own.flatMap(({ commitSeconds }) => (commitSeconds === null ? [] : [commitSeconds]));
  const known = status.problem === undefined;
  const earlierStatus = earlier?.status.problem === undefined ? earlier?.status : undefined;
  return {
    lag: known ? status.pending + status.ackPending : null,
    oldestSeconds,
    storedPerSecond:
      known && earlierStatus !== undefined && seconds > 0
        ? Math.max(0, status.lastSequence - earlierStatus.lastSequence) / seconds
        : null,
    committedPerSecond:
      own.length === 0 ? null : own.reduce((sum, { messagesPerSecond }) => sum + messagesPerSecond, 0),
    p50: slowest(latencies.map(({ p50 }) => p50)),
    p95: slowest(latencies.map(({ p95 }) => p95)),
  };
}

function slowest(seconds: readonly number[]): number | null {
  return seconds.length === 0 ? null : Math.max(...seconds);
}
