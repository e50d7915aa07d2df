import { isAtLeast, renderAuthorization, unrestricted } from "@cc-ingest/access";

export interface ServerConfig {
  readonly serverName: string;
  readonly port: number;
  readonly monitorPort: number;
  readonly pidFile: string;
  readonly storeDir: string;
  readonly adminPassword: string;
  readonly producerPassword: string;
  readonly producerSubjects: readonly string[];
  /** fsync each message before it is acknowledged; servers below 2.10 cannot. */
  readonly syncAlways: boolean;
  readonly version: string;
  readonly authorization: string | undefined;
  readonly extraConfig: string;
}

/**
 * A server for this machine alone, where whoever gives no credentials is the administrator, unless it is told who may connect.
 * Strings are written as JSON, which the server's configuration language reads the same.
 */
export function renderServerConfig(config: ServerConfig): string {
  const text = JSON.stringify;
  const sync = config.syncAlways && isAtLeast(config.version, "2.10.0") ? "sync_interval: always" : "";
  return `server_name: ${text(config.serverName)}
listen: "127.0.0.1:${config.port}"
http: "127.0.0.1:${config.monitorPort}"
pid_file: ${text(config.pidFile)}
jetstream { store_dir: ${text(config.storeDir)}, ${sync} }
${config.authorization ?? openToAll(config)}
${config.extraConfig}
`;
}

function openToAll({ adminPassword, producerPassword, producerSubjects }: ServerConfig): string {
  const producing = { publish: producerSubjects, subscribe: ["_INBOX.>"], answers: false };
  const users = renderAuthorization([
    { user: "admin", password: adminPassword, grant: unrestricted },
    { user: "producer", password: producerPassword, grant: producing },
  ]);
  return `${users}\nno_auth_user: admin`;
}
