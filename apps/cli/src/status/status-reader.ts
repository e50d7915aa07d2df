import { type Config, redactUrl } from "@cc-ingest/config";
import {
  type Database,
  classifyDatabaseError,
  connectDatabase,
  readOverview,
  schemaVersion,
} from "@cc-ingest/database";
import type { NatsConnection } from "@nats-io/transport-node";
import { openBroker } from "../shared/broker.js";
import { CliError, messageOf } from "../shared/cli-error.js";
import { explain } from "../shared/explain.js";
import { readBroker } from "./broker-status.js";
import { readService } from "./service-status.js";
import type { BrokerStatus, DatabaseStatus, Status } from "./status.js";

/** Looks at broker, database and services, again and again over the same connections. What is down is a finding. */
export class StatusReader implements AsyncDisposable {
  readonly #config: Config;
  readonly #services: Readonly<Record<string, string>>;
  readonly #db: Database;
  #nats: NatsConnection | undefined;

  /** `services`: base addresses by name. */
  constructor(config: Config, services: Readonly<Record<string, string>>) {
    this.#config = config;
    this.#services = services;
    this.#db = connectDatabase({ url: config.database.url, poolSize: 1, applicationName: "ccingest status" });
  }

  async read(): Promise<Status> {
    const [broker, database, services] = await Promise.all([
      this.#broker(),
      this.#database(),
      Promise.all(Object.entries(this.#services).map(([name, url]) => readService(name, url))),
    ]);
    return { broker, database, services };
  }

  async #broker(): Promise<BrokerStatus> {
    const address = redactUrl(this.#config.nats.servers.join(","));
    try {
      if (this.#nats === undefined || this.#nats.isClosed()) this.#nats = await openBroker(this.#config);
      return await readBroker(this.#nats, address, this.#config);
    } catch (error) {
      const { message } = explain(error);
      return {
        address,
        problem: error instanceof CliError ? message : `the broker at ${address}: ${message}`,
      };
    }
  }

  async #database(): Promise<DatabaseStatus> {
    const address = redactUrl(this.#config.database.url);
    try {
      const schema = await schemaVersion(this.#db);
      if (schema === "behind")
        return { address, problem: `the schema of ${address} is behind: run "ccingest migrate"` };
      return { address, schema, ...(await readOverview(this.#db, this.#config.ingest.overdueStopSeconds)) };
    } catch (error) {
      const what = classifyDatabaseError(error) === "transient" ? "can't be reached" : "can't be read";
      return { address, problem: `the database at ${address} ${what}: ${messageOf(error)}` };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Draining an unreachable broker would wait for it; there is nothing to drain.
    await this.#nats?.close();
    await this.#db.destroy();
  }
}
