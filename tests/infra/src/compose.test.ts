import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { exampleConfig, loadConfig } from "@cc-ingest/config";
import { PINNED_VERSION } from "@cc-ingest/devstack";
import { dashboardJson, dashboards } from "@cc-ingest/grafana";
import { DCLinter } from "dclint";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { startOptions } from "./kubernetes/site.js";
import { read, root } from "./workspace.js";

/** What dclint finds; its own types name what they do not bring. */
interface Fault {
  readonly line: number;
  readonly message: string;
}

interface Service {
  readonly image: string;
  readonly build?: {
    readonly context: string;
    readonly dockerfile: string;
    readonly args: { readonly APP: string };
  };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
}

const FILE = "infra/compose.yaml";
const text = read(FILE).replaceAll(/^ *#.*\n/gm, "");
const compose = parse(text, { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const services = Object.entries(compose.services);
const ours = services.filter(([, { build }]) => build !== undefined);
const httpPort = (JSON.parse(exampleConfig()) as { ingest: { http: { port: number } } }).ingest.http.port;

const collector = parse(read("infra/otel-collector/config.yaml")) as {
  receivers: { otlp: { protocols: { http: { endpoint: string } } } };
  service: {
    pipelines: Record<string, Record<string, string[]>>;
    telemetry: { metrics: { readers: { pull: { exporter: { prometheus: { port: number } } } }[] } };
  };
} & Record<string, Record<string, unknown>>;

/** As compose does it. */
const withPassword = (environment: Readonly<Record<string, string>> = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      value.replaceAll(/\$\{CC_INGEST_PASSWORD:[^}]*\}/g, "geheim1"),
    ]),
  );

test("the file is one of the Compose specification, and nothing in it is doubtful", () => {
  const linter = new DCLinter({
    rules: {
      // It is read from top to bottom: broker and database first.
      "services-alphabetical-order": 0,
      "service-keys-order": 0,
      "top-level-properties-order": 0,
      // The name of the image that is built.
      "no-build-and-image": 0,
      "require-quotes-in-ports": [1, { quoteType: "double" }],
    },
    exclude: [],
    quiet: false,
    debug: false,
  });
  const [result] = linter.lintFiles([`${root}${FILE}`], false);
  expect(result?.messages.map(({ line, message }: Fault) => `${line}: ${message}`)).toEqual([]);
});

test("images of others are pinned to a version, and ours are built from an app that exists", () => {
  expect(ours.map(([name]) => name)).toEqual(["migrate", "provision", "ingest-jobs", "ingest-nodestate"]);
  for (const [name, { image, build }] of services) {
    const { context = "..", dockerfile = "infra/docker/Dockerfile", args } = build ?? {};
    expect([name, context, dockerfile]).toEqual([name, "..", "infra/docker/Dockerfile"]);
    expect(image).toMatch(args === undefined ? /:v?\d+\.\d+/ : new RegExp(`^cc-ingest/${args.APP}:local$`));
    expect(existsSync(`${root}apps/${args?.APP ?? "cli"}/package.json`)).toBe(true);
  }
});

test("every variable that a service of ours gets is one that it knows, and their values are a configuration", () => {
  const documented = read("packages/config/README.md") + read("packages/telemetry/README.md");
  for (const [name, { environment = {}, command }] of ours) {
    const unknown = Object.keys(environment).filter(
      (variable) => variable !== "NODE_OPTIONS" && !documented.includes(`\`${variable}\``),
    );
    expect({ name, unknown }).toEqual({ name, unknown: [] });
    const required = command === undefined ? (["api-subjects", "nats", "database"] as const) : [];
    const result = loadConfig({ env: withPassword(environment), required });
    expect(result.ok ? [] : result.problems).toEqual([]);
  }
});

test("ingest-jobs is started as its package starts it", () => {
  expect(compose.services["ingest-jobs"]?.environment?.["NODE_OPTIONS"]).toBe(startOptions("ingest-jobs"));
});

test("what is mounted exists, and volumes are declared", () => {
  for (const [name, { volumes = [] }] of services)
    for (const volume of volumes) {
      const [source = ""] = volume.split(":");
      const there = source.startsWith("./")
        ? existsSync(resolve(root, "infra", source))
        : source in compose.volumes;
      expect({ name, source, there }).toEqual({ name, source, there: true });
    }
});

test("every address names a service, and the port it listens on", () => {
  const listening = {
    nats: 4222,
    postgres: 5432,
    "otel-collector": Number(collector.receivers.otlp.protocols.http.endpoint.split(":").at(-1)),
    prometheus: 9090,
  };
  const named = [
    ...text.matchAll(/(?:https?|nats|postgres):\/\/(?:[^@\s/]*(?:\{[^}]*\})?@)?([a-z-]+):(\d+)/g),
  ].map(([, host, port]) => [host, Number(port)] as const);
  expect(Object.fromEntries(named)).toEqual(listening);
  for (const [host, port] of named)
    expect([host, port]).toEqual([host, listening[host as keyof typeof listening]]);
  expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(Object.keys(listening)));
  expect(compose.services["grafana"]?.environment?.["CC_INGEST_POSTGRES_ADDRESS"]).toBe("postgres:5432");
});

test("the broker is of the release that the tests run", () => {
  expect(compose.services["nats"]?.image).toBe(`nats:${PINNED_VERSION}-alpine`);
});

test("nothing is open to other machines", () => {
  const ports = services.flatMap(([, service]) => service.ports ?? []);
  expect(ports).toHaveLength(4);
  expect(ports.filter((port) => !port.startsWith("127.0.0.1:"))).toEqual([]);
});

test("Prometheus scrapes the services where they listen, and the collector takes what they send", () => {
  const { scrape_configs: jobs } = parse(read("infra/prometheus/prometheus.yml")) as {
    scrape_configs: { dns_sd_configs?: unknown[]; static_configs?: unknown[] }[];
  };
  expect(jobs[0]?.dns_sd_configs).toEqual([
    { names: ["ingest-jobs", "ingest-nodestate"], type: "A", port: httpPort },
  ]);
  const metricsPort = collector.service.telemetry.metrics.readers[0]?.pull.exporter.prometheus.port;
  expect(jobs[1]?.static_configs).toEqual([{ targets: [`otel-collector:${metricsPort}`] }]);
  for (const pipeline of Object.values(collector.service.pipelines))
    for (const [kind, names] of Object.entries(pipeline))
      expect(Object.keys(collector[kind] ?? {})).toEqual(expect.arrayContaining(names));
});

test("Grafana gets every variable that its data sources name, and reads as the role that may only read", () => {
  const provisioned = read("infra/grafana/provisioning/datasources/cc-ingest.yaml");
  const named = [...provisioned.matchAll(/\$(CC_INGEST_\w+)/g)].map(([, name]) => name);
  const environment = compose.services["grafana"]?.environment ?? {};
  expect(Object.keys(environment).filter((name) => name.startsWith("CC_INGEST_"))).toEqual(
    expect.arrayContaining(named),
  );
  expect(read("infra/postgres/logins.sql")).toMatch(
    new RegExp(`CREATE ROLE ${environment["CC_INGEST_POSTGRES_USER"]} LOGIN .* IN ROLE cc_ingest_reader`),
  );
});

test("Grafana serves the runbooks where the links of alerts and panels lead", () => {
  const { volumes, ports } = compose.services["grafana"] ?? {};
  expect(volumes).toContain("./runbooks:/usr/share/grafana/public/runbooks:ro");
  const [, port] = (ports?.[0] ?? "").split(":");
  const { global } = parse(read("infra/prometheus/prometheus.yml")) as {
    global: { external_labels: { runbooks: string } };
  };
  expect(global.external_labels.runbooks).toBe(`http://localhost:${port}/public/runbooks`);
  for (const spec of dashboards) {
    const { templating } = JSON.parse(dashboardJson(spec)) as {
      templating: { list: { name: string; query: unknown }[] };
    };
    expect(templating.list).toContainEqual(
      expect.objectContaining({ name: "runbooks", query: "/public/runbooks" }),
    );
  }
});
