import { type KubernetesObject, ofKind, scalingOf } from "./objects.js";
import type { Policy } from "./policies.js";
import { configOf, services } from "./site.js";

/** The consumers' max_ack_pending is made for this many. */
const MOST_REPLICAS = 16;
/** Postgres' default, less what is kept for administrators, migrations and people. */
const MOST_CONNECTIONS = 100 - 3 - 7;

interface Scaled {
  readonly target: string;
  readonly most: number;
}

function scaled(objects: readonly KubernetesObject[]): Scaled[] {
  const most = (kind: string, field: string) =>
    ofKind(objects, kind).map(({ spec }) => {
      const { scaleTargetRef, ...rest } = spec as { scaleTargetRef: { name: string } } & Record<
        string,
        unknown
      >;
      return { target: scaleTargetRef.name, most: Number(rest[field]) };
    });
  return [...most("ScaledObject", "maxReplicaCount"), ...most("HorizontalPodAutoscaler", "maxReplicas")];
}

export const scalingPolicies: Readonly<Record<string, Policy>> = {
  "the number of replicas is set in one place": (objects) =>
    services(objects).flatMap(({ name, object }) => {
      const places = [
        ...(object.spec?.["replicas"] === undefined ? [] : ["the Deployment"]),
        ...scaled(objects).filter(({ target }) => target === name),
      ];
      return places.length === 1 ? [] : [`${name}: ${places.length}`];
    }),

  "as many replicas as may run, and one more of each in a roll-out, fit into Postgres and the consumers": (
    objects,
  ) => {
    const replicas = services(objects).map(({ name, object }) => ({
      name,
      most:
        scaled(objects).find(({ target }) => target === name)?.most ?? Number(object.spec?.["replicas"] ?? 1),
    }));
    const { poolSize } = configOf(objects).database;
    // One more: the lock of a replica that applies again what a restored database lacks.
    const connections = replicas.reduce((sum, { most }) => sum + (most + 1) * (poolSize + 1), 0);
    return [
      ...replicas
        .filter(({ most }) => most > MOST_REPLICAS)
        .map(({ name, most }) => `${name}: ${most} replicas`),
      ...(connections > MOST_CONNECTIONS ? [`${connections} connections`] : []),
    ];
  },

  "a lag that calls for another replica is several batches": (objects) =>
    ofKind(objects, "ScaledObject").flatMap((object) => {
      const { ingest, apiSubjects } = configOf(objects);
      const { target, trigger } = scalingOf(object);
      const [batch, concurrency = 0] =
        target === "ingest-jobs"
          ? [ingest.jobs.batchSize, apiSubjects?.jobConcurrency]
          : [ingest.nodestate.batchSize, apiSubjects?.nodeConcurrency];
      const held = batch * (concurrency + 1);
      return Number(trigger.metadata["lagThreshold"]) > 2 * held ? [] : [`${target} holds ${held} itself`];
    }),

  "a ScaledObject watches the stream and the consumer of what it scales": (objects) =>
    ofKind(objects, "ScaledObject").flatMap((object) => {
      const { jobs, nodestate } = configOf(objects).ingest;
      const { target, trigger } = scalingOf(object);
      const { stream, durable } = target === "ingest-jobs" ? jobs : nodestate;
      const watched = [object.metadata.name, trigger.metadata["stream"], trigger.metadata["consumer"]];
      const wanted = [target, stream, durable];
      return watched.join() === wanted.join() ? [] : [`${watched.join()} instead of ${wanted.join()}`];
    }),
};
