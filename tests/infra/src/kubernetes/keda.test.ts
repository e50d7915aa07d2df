import { Authority } from "@cc-ingest/access/authority";
import { unrestricted } from "@cc-ingest/access";
import { type NatsServer, startNatsServer } from "@cc-ingest/devstack";
import { AckPolicy, jetstreamManager } from "@nats-io/jetstream";
import { type ConnectionOptions, connect, credsAuthenticator } from "@nats-io/transport-node";
import { expect, onTestFinished, test } from "vitest";
import { type KubernetesObject, ofKind, scalingOf } from "./objects.js";
import { renderBaseWith, renderOverlay } from "./render.js";

type Trigger = Readonly<Record<string, string>>;

function triggers(objects: readonly KubernetesObject[]): Trigger[] {
  return ofKind(objects, "ScaledObject").map((object) => {
    const { type, metadata } = scalingOf(object).trigger;
    expect(type).toBe("nats-jetstream");
    return metadata;
  });
}

/** A broker with a stream and a consumer for each trigger, and a message that waits in each. */
async function broker(
  asked: readonly Trigger[],
  authorization = "",
  as: ConnectionOptions = {},
): Promise<NatsServer> {
  const server = await startNatsServer(authorization === "" ? {} : { authorization });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const nats = await connect({ servers: server.url, ...as });
  const jsm = await jetstreamManager(nats);
  for (const { stream = "", consumer = "" } of asked) {
    await jsm.streams.add({ name: stream, subjects: [stream], max_bytes: 1_000_000 });
    await jsm.consumers.add(stream, { durable_name: consumer, ack_policy: AckPolicy.Explicit });
    await nats.request(stream);
  }
  await nats.close();
  return server;
}

interface Monitored {
  readonly account_details?: readonly {
    readonly id: string;
    readonly name: string;
    readonly stream_detail?: readonly {
      readonly name: string;
      readonly consumer_detail?: readonly {
        readonly name: string;
        readonly num_pending: number;
        readonly num_ack_pending: number;
      }[];
    }[];
  }[];
}

/** Asks as KEDA's trigger does (pkg/scalers/nats_jetstream_scaler.go of its 2.21); undefined when it finds nothing. */
async function lag({ monitorUrl }: NatsServer, trigger: Trigger): Promise<number | undefined> {
  const { account = "", accountID = account, stream, consumer } = trigger;
  const query = new URLSearchParams({ acc: accountID, consumers: "true", config: "true" });
  const answer = (await (await fetch(`${monitorUrl}/jsz?${query.toString()}`)).json()) as Monitored;
  const found = answer.account_details
    ?.find(({ id, name }) => id === accountID || name === account)
    ?.stream_detail?.find(({ name }) => name === stream)
    ?.consumer_detail?.find(({ name }) => name === consumer);
  return found === undefined ? undefined : found.num_pending + found.num_ack_pending;
}

test("with users in the server's own configuration KEDA finds each consumer's lag in account $G", async () => {
  const asked = triggers(await renderBaseWith("keda"));
  const server = await broker(asked);
  expect(await Promise.all(asked.map((trigger) => lag(server, trigger)))).toEqual([1, 1]);
});

test("with credentials files it finds it by the account's public key, and not by the name alone", async () => {
  const asked = triggers(await renderOverlay("production"));
  const authority = await Authority.create();
  const { creds } = await authority.addUser("admin", { grant: unrestricted });
  const authenticator = credsAuthenticator(new TextEncoder().encode(creds));
  const server = await broker(asked, authority.serverConfig, { authenticator });
  const accounts = (await (await fetch(`${server.monitorUrl}/jsz?accounts=true`)).json()) as Monitored;
  const accountID = accounts.account_details?.[0]?.id ?? "";
  for (const { accountID: placeholder = "", ...trigger } of asked) {
    expect(placeholder).not.toBe("");
    expect(await lag(server, { ...trigger, accountID })).toBe(1);
    expect(await lag(server, trigger)).toBeUndefined();
  }
});
