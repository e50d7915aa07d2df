import { startGuard } from "../guard.js";
import { withPort } from "../with-port.js";
import { makeWorkDirectory } from "../work-directory.js";
import { findNatsServer, type NatsServerBinary } from "./find-nats-server.js";
import { prepareNatsServer } from "./nats-server.js";

export interface NatsServerOptions {
  /** 0 or absent: a free one. */
  readonly port?: number;
  /** JetStream's files, kept; absent: a temporary directory that is removed at the end. */
  readonly storeDir?: string;
  readonly logFile?: string;
  /** Added at the end of the server's configuration file; a setting given here wins. */
  readonly extraConfig?: string;
  /** Who may connect, as an `authorization` block; in the place of an administrator without password and the `producer`. */
  readonly authorization?: string;
  /** What the `producer` user may publish to. */
  readonly producerSubjects?: readonly string[];
  readonly producerPassword?: string;
  /** fsync each message before it is acknowledged. Default: when `storeDir` is given. */
  readonly syncAlways?: boolean;
  readonly binary?: NatsServerBinary;
}

export interface NatsServer extends AsyncDisposable {
  /** What a cluster calls it, when it leads. */
  readonly name: string;
  /** An administrator's address; no credentials are needed, unless `authorization` says so. */
  readonly url: string;
  /** With the credentials of a user that may only publish to the producer's subjects; of no use with `authorization`. */
  readonly producerUrl: string;
  readonly port: number;
  /** HTTP monitoring: `/healthz`, `/jsz`, `/varz` … */
  readonly monitorUrl: string;
  readonly storeDir: string;
  readonly logFile: string;
  readonly pid: number;
  /** Also while it is frozen. */
  readonly running: boolean;
  readonly version: string;
  /** SIGTERM, and waits for the end. */
  stop(): Promise<void>;
  /** Default SIGKILL. Waits for the end, except after SIGSTOP, SIGCONT and SIGHUP. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** The same port and the same store. */
  restart(): Promise<void>;
  /** Puts this in the place of `extraConfig` and has the running server take it over. */
  reload(extraConfig: string): Promise<void>;
}

/** Starts a nats-server with JetStream on 127.0.0.1; it serves when this returns. */
export async function startNatsServer(options: NatsServerOptions = {}): Promise<NatsServer> {
  const binary = options.binary ?? (await findNatsServer());
  const workDir = await makeWorkDirectory("nats");
  const guard = startGuard(workDir);
  try {
    return await withPort(options.port, async (port) => {
      const { server, start } = await prepareNatsServer(options, binary, port, workDir, guard);
      await start();
      return server;
    });
  } catch (error) {
    await guard.close();
    throw error;
  }
}
