import { type KubernetesObject, named, ofKind } from "./objects.js";

/** A change to what is rendered that a policy must notice. */
export interface Break {
  readonly rendering: string;
  readonly change: (objects: readonly KubernetesObject[]) => void;
}

/** A tree that may be changed anywhere. */
// oxlint-disable-next-line typescript/no-explicit-any
type Tree = any;

const on =
  (rendering: string) =>
  (kind: string, name: string, change: (spec: Tree, object: Tree) => void): Break => ({
    rendering,
    change: (objects) => {
      const object = named(objects, kind, name) as Tree;
      change(object.spec, object);
    },
  });

const development = on("development");
const production = on("production");
const jobs = (change: (pod: Tree, container: Tree) => void): Break =>
  development("Deployment", "ingest-jobs", ({ template }) =>
    change(template.spec, template.spec.containers[0]),
  );

/** For each policy what it is there for. */
export const breaks: Readonly<Record<string, readonly Break[]>> = {
  "pods are restricted: no root, no privileges, nothing writable but volumes, no token": [
    jobs((pod) => (pod.securityContext.runAsNonRoot = false)),
    jobs((pod) => delete pod.securityContext.seccompProfile),
    jobs((pod) => delete pod.automountServiceAccountToken),
    jobs((pod) => delete pod.enableServiceLinks),
    jobs((_, container) => (container.securityContext.readOnlyRootFilesystem = false)),
    jobs((_, container) => (container.securityContext.capabilities.add = ["NET_RAW"])),
    development("StatefulSet", "postgres", ({ template }) => {
      template.spec.containers[0].securityContext.allowPrivilegeEscalation = true;
    }),
  ],
  "the pods of cc-ingest run as user 65532": [jobs((pod) => (pod.securityContext.runAsUser = 1000))],
  "every image has a version": [
    jobs((_, container) => (container.image = "cc-ingest/ingest-jobs")),
    jobs((_, container) => (container.image = "cc-ingest/ingest-jobs:latest")),
  ],
  "every container asks for CPU and memory, and is limited in memory": [
    jobs((_, container) => delete container.resources.limits),
    jobs((_, container) => delete container.resources.requests.cpu),
  ],
  "a service is started and ready by /readyz, alive by /livez, on the port of its configuration": [
    jobs((_, container) => (container.livenessProbe.httpGet.path = "/readyz")),
    jobs((_, container) => delete container.startupProbe),
    jobs((_, container) => (container.readinessProbe.httpGet.port = 9464)),
    jobs((_, container) => (container.ports[0].containerPort = 9465)),
  ],
  "every service has one disruption budget of its own": [
    development("PodDisruptionBudget", "ingest-jobs", (spec) => {
      spec.selector.matchLabels["app.kubernetes.io/name"] = "jobs";
    }),
    development("PodDisruptionBudget", "ingest-jobs", (spec) => (spec.maxUnavailable = 0)),
  ],
  "a selector finds the pods it is meant for, and no others": [
    development("Deployment", "ingest-jobs", (spec) => {
      spec.selector.matchLabels = { "app.kubernetes.io/part-of": "cc-ingest" };
    }),
  ],
  "a Service finds pods that have its ports": [
    development("Service", "nats", (spec) => (spec.ports[0].port = 4223)),
    development("Service", "postgres", (spec) => (spec.selector = { app: "postgres" })),
  ],
  "replicas of a service are spread over zones and machines": [
    jobs((pod) => pod.topologySpreadConstraints.pop()),
    jobs((pod) => delete pod.topologySpreadConstraints[0].matchLabelKeys),
    jobs((pod) => (pod.topologySpreadConstraints[0].labelSelector.matchLabels = { app: "jobs" })),
  ],
  "a service is given more time to stop than it takes": [
    jobs((pod) => (pod.terminationGracePeriodSeconds = 30)),
    jobs((pod) => delete pod.terminationGracePeriodSeconds),
  ],
  "a roll-out never takes a replica away before there is another one": [
    development("Deployment", "ingest-jobs", (spec) => (spec.strategy.rollingUpdate.maxUnavailable = 1)),
  ],
  "everything is in the namespace, which admits restricted pods only": [
    development("Service", "nats", (_, object) => (object.metadata.namespace = "default")),
    development("Namespace", "cc-ingest", (_, object) => delete object.metadata.labels),
  ],
  "secrets are files of a mounted Secret, and stand in no variable": [
    jobs((_, container) => container.env.push({ name: "NATS_PASSWORD", value: "secret" })),
    jobs((_, container) => container.volumeMounts.pop()),
    jobs((_, container) =>
      container.env.push({ name: "NATS_CREDS_FILE", value: "/etc/cc-ingest/nats.creds" }),
    ),
  ],
  "whatever is mounted is made here, or is a Secret that the guide names": [
    jobs((pod) => (pod.volumes[0].configMap.name = "cc-ingest-config")),
    production("Deployment", "ingest-jobs", ({ template }) => {
      template.spec.volumes[1].secret.secretName = "ingest-jobs";
    }),
  ],
  "where traffic is denied by default, each pod may reach what it is given an address of, and nothing else": [
    development("NetworkPolicy", "database", (spec) => spec.podSelector.matchExpressions[1].values.pop()),
    development("NetworkPolicy", "database", (spec) => spec.podSelector.matchExpressions.pop()),
    development("NetworkPolicy", "broker", (spec) => (spec.egress[0].ports[0].port = 4223)),
  ],
  "addresses use the ports that network policies let through": [
    {
      rendering: "development",
      change: (objects) => {
        const [secret] = ofKind(objects, "Secret").filter(
          ({ data }) => data?.["nats-url"] !== undefined,
        ) as Tree[];
        secret.data["nats-url"] = Buffer.from("nats://user:password@nats:4223").toString("base64");
      },
    },
  ],
  "the number of replicas is set in one place": [
    production("Deployment", "ingest-jobs", (spec) => (spec.replicas = 2)),
    development("Deployment", "ingest-jobs", (spec) => delete spec.replicas),
  ],
  "as many replicas as may run, and one more of each in a roll-out, fit into Postgres and the consumers": [
    production("ScaledObject", "ingest-jobs", (spec) => (spec.maxReplicaCount = 9)),
    development("Deployment", "ingest-jobs", (spec) => (spec.replicas = 17)),
    on("base + hpa")("HorizontalPodAutoscaler", "ingest-jobs", (spec) => (spec.maxReplicas = 13)),
  ],
  "a lag that calls for another replica is several batches": [
    production("ScaledObject", "ingest-jobs", (spec) => (spec.triggers[0].metadata.lagThreshold = "2000")),
  ],
  "a ScaledObject watches the stream and the consumer of what it scales": [
    production("ScaledObject", "ingest-jobs", (spec) => (spec.triggers[0].metadata.stream = "CC_NODE")),
    production(
      "ScaledObject",
      "ingest-nodestate",
      (spec) => (spec.triggers[0].metadata.consumer = "ingest-jobs"),
    ),
  ],
};
