import { randomBytes } from "node:crypto";
import {
  type BrokerNames,
  type PasswordUser,
  administrator,
  grants,
  producerGrant,
  renderAuthorization,
  unrestricted,
  userNames,
} from "@cc-ingest/access";

export interface BrokerUsers {
  /** For the server's configuration file. */
  readonly authorization: string;
  /** An address with the user's name and password. */
  url(port: number, user: string): string;
}

/** One for all that publish; the other users are the services', the tools' and people's. */
export const PRODUCER = "producer";

/** Clients of all kinds publish here, and few are told where their answers may come in. */
const usualInbox = "_INBOX.>";

/** Users with passwords of their own, made anew for each run. `produced`: what the producer may publish to. */
export function makeBrokerUsers(names: BrokerNames, produced: readonly string[]): BrokerUsers {
  const { subscribe, ...producing } = producerGrant(PRODUCER, produced);
  const granted = {
    ...grants(names),
    [administrator]: unrestricted,
    [PRODUCER]: { ...producing, subscribe: [...subscribe, usualInbox] },
  };
  const users = new Map(
    Object.entries(granted).map(([user, grant]): [string, PasswordUser] => [
      user,
      { user, password: randomBytes(16).toString("hex"), grant },
    ]),
  );
  return {
    authorization: renderAuthorization([...users.values()]),
    url(port, user) {
      const found = users.get(user);
      if (found === undefined) throw new Error(`there is no user ${user}: ${userNames.join(", ")}`);
      return `nats://${user}:${found.password}@127.0.0.1:${port}`;
    },
  };
}
