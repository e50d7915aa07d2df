import { type KeyObject, generateKeyPairSync } from "node:crypto";
import { SignJWT } from "jose";

export interface TokenOptions {
  readonly subject?: string;
  /** As jose writes it, `1h` or `-1h`; `never` leaves the claim out. */
  readonly expires?: string;
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** Signs tokens as cc-backend does, with a key pair of its own. */
export class TokenIssuer {
  /** 32 bytes in base64, as `JWT_PUBLIC_KEY` wants them. */
  readonly publicKey: string;
  readonly #privateKey: KeyObject;

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    this.publicKey = Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url").toString("base64");
    this.#privateKey = privateKey;
  }

  async token(
    roles: readonly string[],
    { subject = "someone", expires = "1h", claims = {} }: TokenOptions = {},
  ): Promise<string> {
    const unsigned = new SignJWT({ roles, ...claims })
      .setProtectedHeader({ alg: "EdDSA", typ: "JWT" })
      .setSubject(subject)
      .setIssuedAt();
    if (expires !== "never") unsigned.setExpirationTime(expires);
    return await unsigned.sign(this.#privateKey);
  }
}
