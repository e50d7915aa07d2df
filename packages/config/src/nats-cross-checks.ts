import { resolve } from "node:path";
import type { Problem } from "./problem.js";
import { unreadable } from "./read-document.js";
import type { ResolvedSettings } from "./resolve-settings.js";
import type { SettingName } from "./settings.js";

const files = ["natsCredsFile", "natsNkeySeedFile", "natsCaFile", "natsCertFile", "natsKeyFile"] as const;

/** A client certificate goes with any of these: a broker may ask for both. */
const waysToAuthenticate: readonly { readonly what: string; readonly names: readonly SettingName[] }[] = [
  { what: "user and password", names: ["natsUsername", "natsPassword"] },
  { what: "a token", names: ["natsToken"] },
  { what: "a credentials file", names: ["natsCredsFile"] },
  { what: "an NKey seed file", names: ["natsNkeySeedFile"] },
];

/** Who we are at the broker: all of it, in files that can be read, and in one way. */
export function checkNats(
  { values, places }: ResolvedSettings,
  placeOf: (name: SettingName) => string,
  missing: (name: SettingName, why: string) => void,
  directory: string,
): Problem[] {
  const problems: Problem[] = [];
  const problem = (name: SettingName, message: string) => problems.push({ place: placeOf(name), message });

  const fromAddress = values.natsAddress;
  for (const [name, inAddress] of [
    ["natsUsername", fromAddress?.username],
    ["natsPassword", fromAddress?.password],
  ] as const)
    if (inAddress !== undefined && values[name] !== undefined && values[name] !== inAddress)
      problem(
        name,
        `differs from the one inside the address (${placeOf("natsAddress")}); remove one of them`,
      );
  const username = values.natsUsername ?? fromAddress?.username;
  const password = values.natsPassword ?? fromAddress?.password;
  if (username !== undefined && password === undefined) missing("natsPassword", "there is a user name");
  if (password !== undefined && username === undefined) missing("natsUsername", "there is a password");
  if (values.natsCertFile !== undefined) missing("natsKeyFile", "there is a certificate");
  if (values.natsKeyFile !== undefined) missing("natsCertFile", "there is a private key");

  const userInAddress = username !== undefined && values.natsUsername === undefined;
  const given = waysToAuthenticate.flatMap(({ what, names }): { what: string; name: SettingName }[] => {
    const name = names.find((each) => places.has(each));
    if (name !== undefined) return [{ what, name }];
    return userInAddress && what === "user and password" ? [{ what, name: "natsAddress" }] : [];
  });
  const [first] = given;
  if (first !== undefined)
    for (const { what, name } of given.slice(1))
      problem(
        name,
        `gives ${what} beside ${first.what} (${placeOf(first.name)}); authenticate in one way and remove the other`,
      );

  for (const name of files) {
    const path = values[name];
    const fault = path === undefined ? undefined : unreadable(resolve(directory, path));
    if (fault !== undefined) problem(name, fault);
  }
  return problems;
}
