import { choice, filePath, nonEmptyText } from "./basic-types.js";
import { natsAddress } from "./nats-address.js";
import { redactUrl } from "./redact-url.js";
import { define, optional } from "./setting.js";

const hidden = (value: string | undefined): string | undefined => (value === undefined ? undefined : "***");

/** Where the broker is and who we are there. */
export const natsSettings = {
  natsAddress: optional(natsAddress, {
    key: "nats.address",
    env: "NATS_URL",
    secret: true,
    description: "Broker, or several with commas between; tls:// insists on TLS.",
    show: (config) =>
      config.nats.servers.length === 0 ? undefined : redactUrl(config.nats.servers.join(",")),
  }),
  natsUsername: optional(nonEmptyText, {
    key: "nats.username",
    env: ["NATS_USERNAME", "CC_NATS_USERNAME"],
    secret: true,
    description: "User at the broker.",
    show: (config) => hidden(config.nats.username),
  }),
  natsPassword: optional(nonEmptyText, {
    key: "nats.password",
    env: ["NATS_PASSWORD", "CC_NATS_PASSWORD"],
    secret: true,
    description: "Password at the broker.",
    show: (config) => hidden(config.nats.password),
  }),
  natsToken: optional(nonEmptyText, {
    key: "nats.token",
    env: "NATS_TOKEN",
    secret: true,
    description: "Token, where the broker asks for one in place of a user.",
    show: (config) => hidden(config.nats.token),
  }),
  natsCredsFile: optional(filePath, {
    key: "nats.creds-file-path",
    env: "NATS_CREDS_FILE",
    description: "Credentials file made by nsc; re-read at each attempt to connect.",
    show: (config) => config.nats.credsFile,
  }),
  natsNkeySeedFile: optional(filePath, {
    key: "nats.nkey-seed-file",
    env: "NATS_NKEY_SEED_FILE",
    description: "File with an NKey seed; re-read at each attempt to connect.",
    show: (config) => config.nats.nkeySeedFile,
  }),
  natsCaFile: optional(filePath, {
    key: "nats.tls.ca-file",
    env: "NATS_TLS_CA_FILE",
    description:
      "Certificates of the authorities that may vouch for the broker, as PEM; default are the system's. Insists on TLS.",
    show: (config) => config.nats.caFile,
  }),
  natsCertFile: optional(filePath, {
    key: "nats.tls.cert-file",
    env: "NATS_TLS_CERT_FILE",
    description: "Our own certificate for the broker, as PEM. Insists on TLS.",
    show: (config) => config.nats.certFile,
  }),
  natsKeyFile: optional(filePath, {
    key: "nats.tls.key-file",
    env: "NATS_TLS_KEY_FILE",
    description: "Private key of that certificate, as PEM.",
    show: (config) => config.nats.keyFile,
  }),
  natsHandshakeFirst: define<"on" | "off">(choice(["on", "off"]), "off", {
    key: "nats.tls.handshake-first",
    env: "NATS_TLS_HANDSHAKE_FIRST",
    description:
      "on for a broker that begins with TLS before its first word (handshake_first). Insists on TLS.",
    show: (config) => (config.nats.handshakeFirst === true ? "on" : "off"),
  }),
} as const;
