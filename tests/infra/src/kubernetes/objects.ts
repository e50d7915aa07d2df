/** As much of an object as the tests look at; that it is one the schemas tell. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Labels;
  };
  readonly spec?: Record<string, unknown>;
  readonly data?: Readonly<Record<string, string>>;
}

export type Labels = Readonly<Record<string, string>>;

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
  readonly securityContext?: unknown;
  readonly volumeMounts?: readonly {
    readonly name: string;
    readonly mountPath: string;
    readonly readOnly?: boolean;
  }[];
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
}

export interface Probe {
  readonly httpGet?: { readonly path: string; readonly port: string };
}

interface Source {
  readonly name?: string;
  readonly secretName?: string;
  readonly items?: readonly { readonly key: string; readonly path: string }[];
}

export interface Volume {
  readonly name: string;
  readonly configMap?: Source;
  readonly secret?: Source;
  readonly projected?: {
    readonly sources: readonly { readonly configMap?: Source; readonly secret?: Source }[];
  };
}

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly Volume[];
  readonly securityContext?: unknown;
  readonly automountServiceAccountToken?: boolean;
  readonly enableServiceLinks?: boolean;
  readonly serviceAccountName?: string;
  readonly terminationGracePeriodSeconds?: number;
  readonly topologySpreadConstraints?: readonly Record<string, unknown>[];
}

export interface Workload {
  readonly object: KubernetesObject;
  readonly name: string;
  readonly labels: Labels;
  readonly pod: PodSpec;
}

/** Whatever makes pods. */
export function workloads(objects: readonly KubernetesObject[]): Workload[] {
  return objects.flatMap((object) => {
    const template = object.spec?.["template"] as
      | { readonly metadata?: { readonly labels?: Labels }; readonly spec: PodSpec }
      | undefined;
    if (template === undefined) return [];
    return [
      { object, name: object.metadata.name, labels: template.metadata?.labels ?? {}, pod: template.spec },
    ];
  });
}

export function ofKind(objects: readonly KubernetesObject[], kind: string): KubernetesObject[] {
  return objects.filter((object) => object.kind === kind);
}

/** The files of a Secret or ConfigMap, as text. */
export function filesOf({ kind, data = {} }: KubernetesObject): Record<string, string> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      kind === "Secret" ? Buffer.from(value, "base64").toString() : value,
    ]),
  );
}

export function named(objects: readonly KubernetesObject[], kind: string, name: string): KubernetesObject {
  const object = ofKind(objects, kind).find(({ metadata }) => metadata.name === name);
  if (object === undefined) throw new Error(`there is no ${kind} ${name}`);
  return object;
}

/** What a ScaledObject scales, and by what. */
export interface Scaling {
  readonly target: string;
  readonly trigger: { readonly type: string; readonly metadata: Labels };
}

export function scalingOf({ metadata, spec }: KubernetesObject): Scaling {
  const { scaleTargetRef, triggers } = spec as {
    scaleTargetRef: { name: string };
    triggers: readonly Scaling["trigger"][];
  };
  const [trigger] = triggers;
  if (trigger === undefined || triggers.length > 1) throw new Error(`${metadata.name} has no single trigger`);
  return { target: scaleTargetRef.name, trigger };
}
