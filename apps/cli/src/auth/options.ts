import type { Command } from "commander";

export interface DirectoryOption {
  readonly directory: string;
}

export function withDirectory(command: Command): Command {
  return command.option("-d, --directory <directory>", "where the authority's files are", "nats-auth");
}
