import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { hostname } from "node:os";
import { pathToFileURL } from "node:url";
import {
  defaultResource,
  detectResources,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
  serviceNameEnvDetector,
  type Resource,
} from "@opentelemetry/resources";

/**
 * Who sends the spans: name and version of the package that was started, overruled by `OTEL_SERVICE_NAME` and
 * `OTEL_RESOURCE_ATTRIBUTES`. The command line is left out: it may hold credentials.
 */
export function serviceResource(entryPoint: string | undefined): Resource {
  const { name, version } = packageOf(entryPoint);
  return defaultResource()
    .merge(
      resourceFromAttributes({
        "service.namespace": "cc-ingest",
        "service.name": name,
        ...(version !== undefined && { "service.version": version }),
        "host.name": hostname(),
        "process.pid": process.pid,
      }),
    )
    .merge(
      detectResources({
        detectors: [serviceInstanceIdDetector, resourceAttributesEnvDetector, serviceNameEnvDetector],
      }),
    );
}

function packageOf(entryPoint: string | undefined): { name: string; version: string | undefined } {
  const unknown = { name: "cc-ingest", version: undefined };
  try {
    const path = entryPoint === undefined ? undefined : findPackageJSON(pathToFileURL(entryPoint));
    if (path === undefined) return unknown;
    const manifest: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (typeof manifest !== "object" || manifest === null || !("name" in manifest)) return unknown;
    const { name } = manifest;
    if (typeof name !== "string") return unknown;
    const version =
      "version" in manifest && typeof manifest.version === "string" ? manifest.version : undefined;
    return { name: name.replace(/^@[^/]+\//, ""), version };
  } catch {
    return unknown;
  }
}
