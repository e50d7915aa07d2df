/** What a way of getting a nats-server has to work with. */
export interface SourceContext {
  readonly env: NodeJS.ProcessEnv;
  readonly platform: string;
  readonly arch: string;
  /** An empty directory of its own; the binary must end up in it under the name `nats-server`. */
  readonly directory: string;
  readonly onProgress: (message: string) => void;
}

/** Rejects with the reason when this way does not work here. */
export interface Source {
  readonly name: "github" | "go" | "debian";
  readonly label: string;
  /** The directory in the cache where its binary is kept. */
  readonly cacheName: string;
  readonly fetch: (context: SourceContext) => Promise<void>;
}
