/** What a way of getting a program has to work with. */
export interface FetchContext {
  readonly env: NodeJS.ProcessEnv;
  readonly platform: string;
  readonly arch: string;
  /** An empty directory of its own; the program must end up in it under its name. */
  readonly directory: string;
  readonly onProgress: (message: string) => void;
}
