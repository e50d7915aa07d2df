/** The release that is fetched when the machine has no nats-server. */
export const PINNED_VERSION = "2.15.0";

/** Published in the release's SHA256SUMS, of the .tar.gz archives. */
const SHA256: Readonly<Record<string, string>> = {
  "darwin-amd64": "5bd8b59ca5bf93fab3da2c5843cf564cd6e2e291e22ae3b861746e7ebe259b95",
  "darwin-arm64": "e1c4e22d70bd44abfa0bcb3c16f7cf0c66f648c2e728c58924e8a1ce88913cc8",
  "linux-amd64": "5d2c51caca950333aba84911df7d377f826f3a59ec36061c6539105084f65c92",
  "linux-arm64": "cdc208f5a3f42963a52b6ab06ef65626bb870315dc936e26ba571780c6351112",
};

export interface Archive {
  readonly name: string;
  readonly sha256: string;
}

/** undefined: there is no pinned archive for this machine. */
export function pinnedArchive(platform: string, arch: string): Archive | undefined {
  const target = `${platform}-${arch === "x64" ? "amd64" : arch}`;
  const sha256 = SHA256[target];
  return sha256 === undefined ? undefined : { name: `nats-server-v${PINNED_VERSION}-${target}`, sha256 };
}
