import { isDeepStrictEqual } from "node:util";
import { type KubernetesObject, type Labels, type Workload, ofKind, workloads } from "./objects.js";
import { configOf, ours, services } from "./site.js";

/** What must hold for all that is applied; an answer names each place where it does not. */
export type Policy = (objects: readonly KubernetesObject[]) => string[];

interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values: readonly string[];
  }[];
}

export function selects({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(
      ({ key, operator, values }) => operator === "In" && values.includes(labels[key] ?? ""),
    )
  );
}

function each(
  list: readonly Workload[],
  faults: (workload: Workload) => readonly (string | false)[],
): string[] {
  return list.flatMap((workload) =>
    faults(workload)
      .filter((fault) => fault !== false)
      .map((fault) => `${workload.object.kind} ${workload.name} ${fault}`),
  );
}

const containersOf = ({ pod }: Workload) => [...(pod.initContainers ?? []), ...pod.containers];

export const policies: Readonly<Record<string, Policy>> = {
  "pods are restricted: no root, no privileges, nothing writable but volumes, no token": (objects) =>
    each(workloads(objects), (workload) => {
      const { pod } = workload;
      const context = pod.securityContext as Record<string, unknown> | undefined;
      const wanted = {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      };
      return [
        context?.["runAsNonRoot"] !== true && "may run as root",
        !isDeepStrictEqual(context?.["seccompProfile"], { type: "RuntimeDefault" }) &&
          "has no seccomp profile",
        pod.automountServiceAccountToken !== false && "is given a token",
        pod.enableServiceLinks !== false && "is given the addresses of Services as variables",
        ...containersOf(workload).map(
          (container) =>
            !isDeepStrictEqual(container.securityContext, wanted) && `${container.name} may too much`,
        ),
      ];
    }),

  "the pods of cc-ingest run as user 65532": (objects) =>
    each(ours(objects), ({ pod }) => {
      const { runAsUser, runAsGroup, fsGroup } = pod.securityContext as Record<string, unknown>;
      return [
        !isDeepStrictEqual([runAsUser, runAsGroup, fsGroup], [65_532, 65_532, 65_532]) && "is another user",
      ];
    }),

  "every image has a version": (objects) =>
    each(workloads(objects), (workload) =>
      containersOf(workload).map(
        ({ image }) => (!/:[\w.-]+(@sha256:[0-9a-f]{64})?$/.test(image) || /:latest/.test(image)) && image,
      ),
    ),

  "every container asks for CPU and memory, and is limited in memory": (objects) =>
    each(workloads(objects), (workload) =>
      containersOf(workload).map(
        ({ resources: { requests, limits } = {} }) =>
          (requests?.["cpu"] === undefined ||
            requests["memory"] === undefined ||
            limits?.["memory"] === undefined) &&
          "has no resources",
      ),
    ),

  "a service is started and ready by /readyz, alive by /livez, on the port of its configuration": (objects) =>
    each(services(objects), ({ pod }) => {
      const { http } = configOf(objects).ingest;
      const [container] = pod.containers;
      const at = (path: string) => ({ path, port: "http" });
      return [
        !isDeepStrictEqual(container?.startupProbe?.httpGet, at("/readyz")) && "has no startup probe",
        !isDeepStrictEqual(container?.readinessProbe?.httpGet, at("/readyz")) && "has no readiness probe",
        !isDeepStrictEqual(container?.livenessProbe?.httpGet, at("/livez")) && "has no liveness probe",
        !isDeepStrictEqual(container?.ports, [{ name: "http", containerPort: http.port }]) &&
          "has another port",
        http.host !== "0.0.0.0" && `listens to ${http.host} only`,
      ];
    }),

  "every service has one disruption budget of its own": (objects) =>
    each(services(objects), ({ name, labels }) => {
      const budgets = ofKind(objects, "PodDisruptionBudget").filter(({ spec }) =>
        selects(spec?.["selector"] as Selector, labels),
      );
      return [
        (budgets.length !== 1 || budgets[0]?.metadata.name !== name) && `has ${budgets.length} budgets`,
        budgets.some(({ spec }) => spec?.["maxUnavailable"] !== 1) && "is not bounded",
      ];
    }),

  "a selector finds the pods it is meant for, and no others": (objects) =>
    each(workloads(objects), ({ object, name }) => {
      const selector = object.spec?.["selector"] as Selector | undefined;
      if (selector === undefined) return [];
      const found = workloads(objects).filter(({ labels }) => selects(selector, labels));
      return [
        !isDeepStrictEqual(
          found.map((other) => other.name),
          [name],
        ) && `selects ${found.length} kinds of pods`,
      ];
    }),

  "a Service finds pods that have its ports": (objects) =>
    ofKind(objects, "Service").flatMap(({ metadata, spec }) => {
      const found = workloads(objects).filter(({ labels }) =>
        selects({ matchLabels: spec?.["selector"] as Labels }, labels),
      );
      const ports = found.flatMap((workload) =>
        containersOf(workload).flatMap((container) =>
          (container.ports ?? []).map((port) => port.containerPort),
        ),
      );
      const { ports: wished } = spec as { ports: readonly { readonly port: number }[] };
      const wanted = wished.map(({ port }) => port);
      return found.length === 1 && wanted.every((port) => ports.includes(port))
        ? []
        : [`Service ${metadata.name} leads nowhere`];
    }),

  "replicas of a service are spread over zones and machines": (objects) =>
    each(services(objects), ({ pod, labels }) => {
      const spread = pod.topologySpreadConstraints ?? [];
      const keys = ["topology.kubernetes.io/zone", "kubernetes.io/hostname"];
      return [
        !isDeepStrictEqual(
          spread.map(({ topologyKey }) => topologyKey),
          keys,
        ) && "is not spread",
        !spread.every(({ labelSelector }) => selects(labelSelector as Selector, labels)) &&
          "counts other pods",
        !spread.every(({ matchLabelKeys }) =>
          isDeepStrictEqual(matchLabelKeys, ["app.kubernetes.io/name", "pod-template-hash"]),
        ) && "counts the pods of other services or releases",
      ];
    }),

  "a service is given more time to stop than it takes": (objects) =>
    each(services(objects), ({ pod }) => [
      // After the grace: two seconds for the watermark, two for the broker, five for the spans, and some for slow machines.
      (pod.terminationGracePeriodSeconds ?? 30) < configOf(objects).ingest.shutdownGraceSeconds + 20 &&
        "is killed while it stops",
    ]),

  "a roll-out never takes a replica away before there is another one": (objects) =>
    each(services(objects), ({ object }) => [
      !isDeepStrictEqual(object.spec?.["strategy"], {
        type: "RollingUpdate",
        rollingUpdate: { maxUnavailable: 0, maxSurge: 1 },
      }) && "rolls out otherwise",
    ]),

  "everything is in the namespace, which admits restricted pods only": (objects) => {
    const namespaces = ofKind(objects, "Namespace");
    const [namespace] = namespaces;
    const label = namespace?.metadata.labels?.["pod-security.kubernetes.io/enforce"];
    return [
      ...(namespaces.length === 1 && label === "restricted" ? [] : ["there is no one restricted namespace"]),
      ...objects
        .filter(
          ({ kind, metadata }) => kind !== "Namespace" && metadata.namespace !== namespace?.metadata.name,
        )
        .map(({ kind, metadata }) => `${kind} ${metadata.name} is elsewhere`),
    ];
  },
};
