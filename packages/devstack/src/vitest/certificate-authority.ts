import { generate } from "selfsigned";

export interface Certificate {
  /** PEM */
  readonly cert: string;
  /** PEM */
  readonly key: string;
}

const DAY_MS = 86_400_000;

/** Signs certificates for 127.0.0.1 and for clients. */
export class CertificateAuthority {
  readonly #own: Certificate;

  private constructor(own: Certificate) {
    this.#own = own;
  }

  static async create(): Promise<CertificateAuthority> {
    const { cert, private: key } = await generate([{ name: "commonName", value: "test CA" }], {
      keyType: "ec",
      algorithm: "sha256",
      extensions: [
        { name: "basicConstraints", cA: true, critical: true },
        { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
      ],
    });
    return new CertificateAuthority({ cert, key });
  }

  /** PEM */
  get cert(): string {
    return this.#own.cert;
  }

  /** For a server or a client; valid until tomorrow unless `expired`. */
  async issue(commonName: string, validity: "valid" | "expired" = "valid"): Promise<Certificate> {
    const end = Date.now() + (validity === "valid" ? DAY_MS : -DAY_MS);
    const { cert, private: key } = await generate([{ name: "commonName", value: commonName }], {
      keyType: "ec",
      algorithm: "sha256",
      ca: this.#own,
      notBeforeDate: new Date(end - 2 * DAY_MS),
      notAfterDate: new Date(end),
      extensions: [
        { name: "basicConstraints", cA: false },
        { name: "keyUsage", digitalSignature: true },
        { name: "extKeyUsage", serverAuth: true, clientAuth: true },
        {
          name: "subjectAltName",
          altNames: [
            { type: 2, value: "localhost" },
            { type: 7, ip: "127.0.0.1" },
          ],
        },
      ],
    });
    return { cert, key };
  }
}
