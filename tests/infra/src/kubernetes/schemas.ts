import { Ajv, type AnySchemaObject, type ValidateFunction } from "ajv";
import { parseAllDocuments } from "yaml";
import { readGoModuleFile } from "./go-module-file.js";
import type { KubernetesObject } from "./objects.js";
import { customResources, kubernetesApi } from "./schema-files.js";

/** What an API server would say to objects. */
export interface Schemas {
  /** What is wrong with it; empty when nothing is. */
  problems(object: unknown): string[];
  /** With the defaults that the server would add to a custom resource. */
  withDefaults(object: KubernetesObject): KubernetesObject;
}

export async function loadSchemas(): Promise<Schemas> {
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, useDefaults: true });
  const api = JSON.parse(await readGoModuleFile(kubernetesApi)) as {
    definitions: Record<string, AnySchemaObject>;
  };
  ajv.addSchema({ $id: "kubernetes", definitions: mapValues(api.definitions, closed) });
  const schemas = new Map<string, AnySchemaObject>();
  for (const [name, definition] of Object.entries(api.definitions))
    for (const { group, version, kind } of kindsOf(definition))
      schemas.set(`${group === "" ? "" : `${group}/`}${version} ${kind}`, { $ref: reference(name) });
  for (const file of customResources)
    for (const document of parseAllDocuments(await readGoModuleFile(file)))
      for (const [id, schema] of ofCustomResource(document.toJS() as CustomResourceDefinition))
        schemas.set(id, schema);

  const validators = new Map<string, ValidateFunction>();
  const validate = (object: Partial<KubernetesObject>): string[] => {
    const id = `${object.apiVersion} ${object.kind}`;
    const schema = schemas.get(id);
    if (schema === undefined) return [`no API server knows ${id}`];
    const validator = validators.get(id) ?? ajv.compile(schema);
    validators.set(id, validator);
    void validator(object);
    return (validator.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${id} ${object.metadata?.name}${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  };
  return {
    problems: (object) => validate(structuredClone(object) as KubernetesObject),
    withDefaults(object) {
      const copy = structuredClone(object);
      const problems = validate(copy);
      if (problems.length > 0) throw new Error(problems.join("\n"));
      return copy;
    },
  };
}

interface CustomResourceDefinition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly schema: { readonly openAPIV3Schema: AnySchemaObject };
    }[];
  };
}

function ofCustomResource({ spec }: CustomResourceDefinition): [string, AnySchemaObject][] {
  return spec.versions
    .filter(({ served }) => served)
    .map(({ name, schema }) => {
      const { properties, ...rest } = schema.openAPIV3Schema as { properties: object };
      const meta = { $ref: reference("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta") };
      const whole = {
        apiVersion: { type: "string" },
        kind: { type: "string" },
        ...properties,
        metadata: meta,
      };
      return [`${spec.group}/${name} ${spec.names.kind}`, closed({ ...rest, properties: whole })];
    });
}

/** Unknown fields refused, as with "kubectl apply --validate=strict". */
function closed(schema: AnySchemaObject): AnySchemaObject {
  if (schema["format"] === "int-or-string" || schema["x-kubernetes-int-or-string"] === true)
    return { type: ["integer", "string"] };
  const inner = mapValues(schema, (value, key) => {
    if (key === "properties") return mapValues(value as Record<string, AnySchemaObject>, closed);
    if (key === "$ref") return reference(String(value).split("/").at(-1) ?? "");
    return isSchema(value) ? closed(value) : value;
  });
  const open = schema["x-kubernetes-preserve-unknown-fields"] === true || "additionalProperties" in schema;
  return "properties" in schema && !open ? { ...inner, additionalProperties: false } : inner;
}

function isSchema(value: unknown): value is AnySchemaObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function kindsOf(definition: AnySchemaObject): { group: string; version: string; kind: string }[] {
  return (definition["x-kubernetes-group-version-kind"] ?? []) as {
    group: string;
    version: string;
    kind: string;
  }[];
}

function reference(name: string): string {
  return `kubernetes#/definitions/${name}`;
}

function mapValues<V, R>(record: Readonly<Record<string, V>>, change: (value: V, key: string) => R) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}
