import { accept, refuse, textType, type SettingType } from "./setting-type.js";

const KEY_BYTES = 32;

/** A raw Ed25519 public key in base64, as ClusterCockpit's `gen-keypair` prints it. Never quoted: it may be the private key by mistake. */
export const ed25519PublicKey: SettingType<string> = textType(
  "Ed25519 public key in base64",
  { pattern: "^\\s*[A-Za-z0-9+/_-]{43}=?\\s*$" },
  (text) => {
    const key = text.trim();
    return /^[A-Za-z0-9+/_-]{43}=?$/.test(key) && Buffer.from(key, "base64").length === KEY_BYTES
      ? accept(key)
      : refuse(
          `must be the ${KEY_BYTES} bytes of an Ed25519 public key in base64 (44 characters), but has ${key.length} characters`,
        );
  },
);
