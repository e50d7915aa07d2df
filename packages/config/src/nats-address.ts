import { accept, refuse, textType, type Parsed, type SettingType } from "./setting-type.js";

/** Where the broker is, taken apart: the NATS client reads neither scheme nor credentials from an address. */
export interface NatsAddress {
  /** For example `["nats://broker:4222"]`: with scheme and port, without credentials. */
  readonly servers: readonly string[];
  /** True when an address says `tls://`: a plain connection must then be refused. */
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

const form = "write it as host:4222, nats://host:4222 or tls://host:4222";

function parseOne(text: string, which: string): Parsed<NatsAddress> {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(text)?.[1]?.toLowerCase() ?? "nats";
  if (scheme === "ws" || scheme === "wss")
    return refuse(`${which} is a web socket, which is not supported; use the broker's nats:// port`);
  if (scheme !== "nats" && scheme !== "tls") return refuse(`${which} has an unknown scheme; ${form}`);
  const rest = text.replace(/^[A-Za-z][A-Za-z0-9+.-]*:\/\//, "");
  // http: makes URL check the host strictly; its default port 80 would vanish, so the port is read apart.
  const url = URL.parse(`http://${rest}`);
  if (
    url === null ||
    url.hostname === "" ||
    !/^\/?$/.test(url.pathname) ||
    url.search !== "" ||
    url.hash !== ""
  )
    return refuse(`${which} is not an address of a NATS server; ${form}`);
  const port = url.port !== "" ? url.port : /:80\/?$/.test(rest) ? "80" : "4222";
  if (url.username !== "" && url.password === "")
    return refuse(
      `${which} holds a token or a user name without password; give a token as nats.token, a user with its password`,
    );
  const credentials = [url.username, url.password].map(decode);
  if (credentials.includes(undefined))
    return refuse(`${which} holds credentials with a "%" that is not percent-encoded; write it as %25`);
  return accept({
    servers: [`${scheme}://${url.hostname}:${port}`],
    tls: scheme === "tls",
    username: credentials[0] === "" ? undefined : credentials[0],
    password: credentials[1] === "" ? undefined : credentials[1],
  });
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Reads one address or several with commas between. Messages never quote the text: it may hold a password. */
export function parseNatsAddress(text: string): Parsed<NatsAddress> {
  const parts = text.split(",").map((part) => part.trim());
  const found: NatsAddress[] = [];
  for (const [index, part] of parts.entries()) {
    const which = parts.length === 1 ? "the address" : `address ${index + 1} of ${parts.length}`;
    if (part === "") return refuse(`${which} is empty; ${form}`);
    const one = parseOne(part, which);
    if (!one.ok) return one;
    found.push(one.value);
  }
  const logins = found.filter(({ username }) => username !== undefined);
  const [first] = logins;
  if (logins.some(({ username, password }) => username !== first?.username || password !== first?.password))
    return refuse("the addresses hold different credentials; one user for all servers is needed");
  if (new Set(found.map(({ tls }) => tls)).size > 1)
    return refuse("the addresses mix nats:// and tls://; use one scheme for all servers");
  return accept({
    servers: found.flatMap(({ servers }) => servers),
    tls: found.some(({ tls }) => tls),
    username: first?.username,
    password: first?.password,
  });
}

export const natsAddress: SettingType<NatsAddress> = textType(
  "addresses of NATS servers, commas between",
  { minLength: 1 },
  parseNatsAddress,
);
