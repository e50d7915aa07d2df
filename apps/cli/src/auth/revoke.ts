import { note, print } from "../shared/terminal.js";
import { AuthorityDirectory } from "./authority-directory.js";
import type { DirectoryOption } from "./options.js";

export interface RevokeOptions extends DirectoryOption {
  readonly json?: boolean;
}

export async function runRevoke(user: string, options: RevokeOptions): Promise<void> {
  const directory = await AuthorityDirectory.open(options.directory);
  const { publicKey } = await directory.revoke(user);
  if (options.json === true) {
    print(JSON.stringify({ user, publicKey, serverConfig: directory.serverConfig }));
    return;
  }
  print(`revoked ${user} (${publicKey})`);
  note(
    `Counts from the moment that every server has read ${directory.serverConfig} again: nats-server --signal reload=<pid>`,
  );
}
