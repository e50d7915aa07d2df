import { isIPv4 } from "node:net";
import type { Problem } from "./problem.js";
import type { ResolvedSettings } from "./resolve-settings.js";
import type { SettingName } from "./settings.js";

/** The apps that answer HTTP, and the setting that says where. */
const hostOf = { "rest-api": "restApiHost", console: "consoleHost" } as const satisfies Record<
  string,
  SettingName
>;

export type WebAppName = keyof typeof hostOf;

/** What a web app must not start without: whoever reaches it from outside has to say who he is. */
export function checkWeb(
  app: WebAppName,
  { values, invalid }: ResolvedSettings,
  placeOf: (name: SettingName) => string,
): Problem[] {
  const host = values[hostOf[app]];
  if (isLoopback(host) || values.webJwtPublicKey !== undefined || invalid.has("webJwtPublicKey")) return [];
  return [
    {
      place: placeOf(hostOf[app]),
      message:
        `"${host}" lets others in, and nothing tells who they are: set JWT_PUBLIC_KEY (ingest.web.jwt-public-key) ` +
        `to the public key of your tokens, or listen on 127.0.0.1`,
    },
  ];
}

/** Whether only this machine reaches who listens there. Other names may be anything tomorrow. */
function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));
}
