import { redactUrl } from "@cc-ingest/config";
import { type KubernetesObject, type Workload, ofKind } from "./objects.js";
import { type Policy, selects } from "./policies.js";
import { ours, services } from "./site.js";
import { read } from "../workspace.js";

const SECRETS = "/run/secrets/cc-ingest";
/** What a pod needs for each of these stands in such a file. */
const secretFiles: Readonly<Record<string, readonly string[]>> = {
  database: ["database-url"],
  broker: ["nats.creds", "nats-url"],
};

function variable({ pod }: Workload, pattern: RegExp) {
  return pod.containers.flatMap(({ env = [] }) => env.filter(({ name }) => pattern.test(name)));
}

function egressPorts(objects: readonly KubernetesObject[], { labels }: Workload): number[] {
  return ofKind(objects, "NetworkPolicy")
    .filter(({ spec }) => selects(spec?.["podSelector"] as Parameters<typeof selects>[0], labels))
    .flatMap(({ spec }) => (spec?.["egress"] ?? []) as readonly { ports?: readonly { port: number }[] }[])
    .flatMap(({ ports = [] }) => ports.map(({ port }) => port));
}

/** Secrets, and who may connect to what. */
export const connectionPolicies: Readonly<Record<string, Policy>> = {
  "secrets are files of a mounted Secret, and stand in no variable": (objects) =>
    ours(objects).flatMap((workload) => {
      const mounted = workload.pod.containers.some(({ volumeMounts = [] }) =>
        volumeMounts.some(({ mountPath, readOnly, name }) => {
          const volume = workload.pod.volumes?.find((each) => each.name === name);
          return mountPath === SECRETS && readOnly === true && volume?.secret?.secretName !== undefined;
        }),
      );
      return [
        ...(mounted ? [] : [`${workload.name} has no Secret`]),
        ...variable(workload, /^(DATABASE_URL|NATS_(URL|USERNAME|PASSWORD|TOKEN))$/).map(
          ({ name }) => `${workload.name} has ${name} in its environment`,
        ),
        ...variable(workload, /_FILE$/)
          .filter(({ name }) => name !== "CONFIG_FILE")
          .filter(
            ({ value }) =>
              !Object.values(secretFiles)
                .flat()
                .some((file) => value === `${SECRETS}/${file}`),
          )
          .map(({ name, value }) => `${workload.name} looks for ${name} in ${value}`),
      ];
    }),

  "whatever is mounted is made here, or is a Secret that the guide names": (objects) => {
    const guide = read("infra/kubernetes/README.md");
    const made = (kind: string, name: string) =>
      ofKind(objects, kind).some(({ metadata }) => metadata.name === name) ||
      (kind === "Secret" && guide.includes(`secret generic ${name} `));
    return ours(objects).flatMap(({ name, pod }) =>
      (pod.volumes ?? []).flatMap(({ configMap, secret }) => [
        ...(configMap?.name === undefined || made("ConfigMap", configMap.name)
          ? []
          : [`${name}: ${configMap.name}`]),
        ...(secret?.secretName === undefined || made("Secret", secret.secretName)
          ? []
          : [`${name}: ${secret.secretName}`]),
      ]),
    );
  },

  "where traffic is denied by default, each pod may reach what it is given an address of, and nothing else": (
    objects,
  ) =>
    ofKind(objects, "NetworkPolicy").length === 0
      ? []
      : ours(objects).flatMap((workload) => {
          const database = variable(workload, /^DATABASE_URL_FILE$/).length > 0;
          const broker =
            variable(workload, /^NATS_(CREDS|URL)_FILE$/).length > 0 || workload.name === "simulation";
          const wanted = [
            ...(broker ? [4222] : []),
            ...(services(objects).some(({ name }) => name === workload.name) ? [4318] : []),
            53,
            53,
            ...(database ? [5432] : []),
          ];
          const ports = egressPorts(objects, workload).toSorted((a, b) => a - b);
          return ports.join() === wanted.toSorted((a, b) => a - b).join()
            ? []
            : [`${workload.name}: ${ports.join()}`];
        }),

  "addresses use the ports that network policies let through": (objects) =>
    ofKind(objects, "Secret")
      .flatMap(({ data = {} }) => Object.entries(data))
      .filter(([key]) => key === "database-url" || key === "nats-url")
      .map(([key, value]) => ({ key, url: Buffer.from(value, "base64").toString() }))
      .filter(({ key, url }) => new URL(url).port !== (key === "database-url" ? "5432" : "4222"))
      .map(({ url }) => redactUrl(url)),
};
