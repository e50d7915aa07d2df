import { setTimeout as delay } from "node:timers/promises";
import {
  type NatsServer,
  type PostgresServer,
  type ServiceProcess,
  type TcpProxy,
  startTcpProxy,
} from "@cc-ingest/devstack";
import { type ReplicaOptions, type ServiceName, environment, startReplica } from "../site/replica.ts";
import { withPort } from "../site/url.ts";

/** As a kubelet's first pause. */
const RESTART_PAUSE_MS = 500;

/** One replica with a network of its own; a process that ends is started again, as Kubernetes does. */
export class Slot implements AsyncDisposable {
  readonly service: ServiceName;
  readonly name: string;
  readonly network: { readonly brokers: readonly TcpProxy[]; readonly database: TcpProxy };
  /** How its processes ended so far: exit codes and signals. */
  readonly ends = new Map<string, number>();
  readonly #env: Readonly<Record<string, string>>;
  #process: ServiceProcess;
  #next: ReplicaOptions = {};
  #supervised: Promise<void>;
  #closing = false;

  private constructor(
    service: ServiceName,
    letter: string,
    network: Slot["network"],
    env: Readonly<Record<string, string>>,
  ) {
    this.service = service;
    this.name = `${service}-${letter}`;
    this.network = network;
    this.#env = env;
    this.#process = this.#start();
    this.#supervised = this.#supervise();
  }

  static async open(
    service: ServiceName,
    letter: string,
    brokers: readonly NatsServer[],
    postgres: PostgresServer,
  ): Promise<Slot> {
    const network = {
      brokers: await Promise.all(brokers.map(({ port }) => startTcpProxy(port))),
      database: await startTcpProxy(postgres.port),
    };
    const seen = network.brokers.map(({ port }) => `nats://127.0.0.1:${port}`).join(",");
    return new Slot(service, letter, network, {
      ...environment(seen, withPort(postgres.url, network.database.port)),
      INGEST_STREAMS_REPLICAS: String(brokers.length),
      DATABASE_POOL_SIZE: "5",
      LOG_LEVEL: "info",
    });
  }

  /** The newest process, perhaps just ended. */
  get process(): ServiceProcess {
    return this.#process;
  }

  /** The next process is started so; the one after it as usual. */
  startNextWith(options: ReplicaOptions): void {
    this.#next = options;
  }

  /** Resolves when another process than this one has been started. */
  async replaced(old: ServiceProcess): Promise<void> {
    while (this.#process === old) await delay(50);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true;
    this.#process.kill("SIGCONT");
    this.#process.kill("SIGTERM");
    await this.#supervised;
    await Promise.all(
      [...this.network.brokers, this.network.database].map((proxy) => proxy[Symbol.asyncDispose]()),
    );
  }

  #start(): ServiceProcess {
    const options = this.#next;
    this.#next = {};
    return startReplica(this.service, this.#env, options);
  }

  async #supervise(): Promise<void> {
    for (;;) {
      const end = String(await this.#process.exit);
      this.ends.set(end, (this.ends.get(end) ?? 0) + 1);
      if (this.#closing) return;
      await delay(RESTART_PAUSE_MS);
      this.#process = this.#start();
    }
  }
}
