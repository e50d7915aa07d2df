import { administrator, grants, userNames } from "@cc-ingest/access";
import { Authority } from "@cc-ingest/access/authority";
import { brokerNames } from "../shared/broker-names.js";
import { type ConfigOption, settings } from "../shared/settings.js";
import { note, print, table } from "../shared/terminal.js";
import { AuthorityDirectory } from "./authority-directory.js";
import type { DirectoryOption } from "./options.js";

export interface InitOptions extends ConfigOption, DirectoryOption {
  readonly maxDisk: number;
  readonly json?: boolean;
}

/** Streams are three, and one more for a site's own; consumers beside those of the services are for rebuilds and readers. */
const LIMITS = { memoryBytes: 64 * 1024 * 1024, streams: 4, consumers: 32 };

export async function runInit(options: InitOptions): Promise<void> {
  const granted = grants(brokerNames(await settings(options, ["api-subjects"])));
  const authority = await Authority.create({ ...LIMITS, diskBytes: options.maxDisk });
  const directory = await AuthorityDirectory.create(options.directory, authority);
  const users: Record<string, string> = { [administrator]: await directory.addUser(administrator, {}) };
  for (const user of userNames) users[user] = await directory.addUser(user, { grant: granted[user] });
  if (options.json === true) {
    print(JSON.stringify({ serverConfig: directory.serverConfig, credentials: users }));
    return;
  }
  print(table([["nats-server", directory.serverConfig], ...Object.entries(users)]));
  note(
    `Include ${directory.serverConfig} in the server's configuration, which must have JetStream on. Then, with NATS_CREDS_FILE:\n` +
      `the provisioner makes streams and consumers (ccingest provision), and each service runs as its own user with ` +
      `INGEST_PROVISIONING=verify.\nEvery stream needs a size: INGEST_STREAMS_MAX_BYTES=${Math.floor(options.maxDisk / LIMITS.streams)}, for instance.\nProducers: ccingest auth add-producer <cluster>. Keep keys/ where nobody else reads it.`,
  );
}
