import { join } from "node:path";
import { startNatsServer } from "@cc-ingest/devstack";
import { useTempDirectory } from "@cc-ingest/devstack/testing";
import { type JetStreamManager, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { root } from "../workspace.js";
import { consumerConfig, streamConfig } from "./nack-configs.js";
import { type KubernetesObject, ofKind } from "./objects.js";
import { renderBaseWith } from "./render.js";
import { localContainer, runCli, workload } from "./run-workload.js";
import { loadSchemas } from "./schemas.js";

const directory = useTempDirectory();
let objects: KubernetesObject[];
beforeAll(async () => {
  const [rendered, schemas] = await Promise.all([renderBaseWith("nack"), loadSchemas()]);
  objects = rendered.map((object) =>
    object.apiVersion.startsWith("jetstream.nats.io/") ? schemas.withDefaults(object) : object,
  );
});

async function broker(): Promise<{ readonly address: string; readonly jsm: JetStreamManager }> {
  const server = await startNatsServer();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const nats = await connect({ servers: server.url });
  onTestFinished(() => nats.close());
  return { address: `127.0.0.1:${server.port}`, jsm: await jetstreamManager(nats) };
}

/** Everything there is, as the server tells it. */
async function allConfigs(jsm: JetStreamManager): Promise<unknown> {
  const found: Record<string, unknown> = {};
  for await (const { config } of jsm.streams.list()) {
    found[config.name] = config;
    for await (const consumer of jsm.consumers.list(config.name))
      found[`${config.name} ${consumer.name}`] = consumer.config;
  }
  return found;
}

async function provisioned(): Promise<unknown> {
  const { address, jsm } = await broker();
  const base = await renderBaseWith();
  const place = { directory: directory(), addresses: { "nats:4222": address } };
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "provision-credentials" } };
  const { args, env } = localContainer([...base, secret], workload(base, "provision"), place);
  // This broker asks nobody who he is.
  const { NATS_CREDS_FILE: _, ...rest } = env;
  const built = { node: process.execPath, folder: (app: string) => join(root, "apps", app), uid: undefined };
  expect(await runCli({ args, env: rest }, built)).toMatchObject({ code: 0 });
  return await allConfigs(jsm);
}

async function madeByNack(resources: readonly KubernetesObject[]): Promise<unknown> {
  const { jsm } = await broker();
  for (const resource of ofKind(resources, "Stream")) await jsm.streams.add(streamConfig(resource));
  for (const resource of ofKind(resources, "Consumer")) {
    const { stream, config } = consumerConfig(resource);
    await jsm.consumers.add(stream, config);
  }
  return await allConfigs(jsm);
}

test("NACK's streams and consumers are those that the provision Job makes", async () => {
  const [expected, made] = await Promise.all([provisioned(), madeByNack(objects)]);
  expect(Object.keys(expected as object).length).toBe(6);
  expect(made).toEqual(expected);
});

test("where NACK makes them, no Job does, and a deleted resource deletes no stream", () => {
  expect(ofKind(objects, "Job").map(({ metadata }) => metadata.name)).toEqual(["migrate"]);
  const kept = [...ofKind(objects, "Stream"), ...ofKind(objects, "Consumer")];
  expect(kept.map(({ spec }) => spec?.["preventDelete"])).toEqual(kept.map(() => true));
});
