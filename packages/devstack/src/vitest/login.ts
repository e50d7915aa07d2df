import { randomBytes } from "node:crypto";
import { withClient } from "../postgres/databases.js";

export interface Login {
  /** The database's address, for this login. */
  readonly url: string;
  readonly drop: () => Promise<void>;
}

/** Makes a login that is a member of a group role and nothing else. `adminUrl`: an administrator's address of the database. */
export async function createLogin(adminUrl: string, group: string): Promise<Login> {
  const [name, password] = [`login_${randomBytes(6).toString("hex")}`, randomBytes(12).toString("hex")];
  await withClient(adminUrl, async (client) => {
    const member = client.escapeIdentifier(group);
    await client.query(`create role ${name} login password '${password}' in role ${member}`);
  });
  const url = new URL(adminUrl);
  url.username = name;
  url.password = password;
  const drop = async (): Promise<void> => {
    await withClient(adminUrl, (client) => client.query(`drop role ${name}`));
  };
  return { url: url.href, drop };
}
