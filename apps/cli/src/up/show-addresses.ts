import { relative } from "node:path";
import { subjectsOf } from "../shared/settings.js";
import { styled, table } from "../shared/terminal.js";
import type { RunningStack } from "./start-stack.js";

export function showAddresses(stack: RunningStack): string {
  const { config, services, web, broker, database, stackFile, logDirectory } = stack;
  const { jobEvent, nodeState } = subjectsOf(config);
  const rows = [
    ...web.map(({ name, url }) => [name, url]),
    ["NATS", broker.natsUrl],
    ["NATS to publish", broker.producerUrl],
    ["Postgres", database.url],
    ...services.map(({ name, url, paths }) => [name, `${url}${paths.join(", ")}`]),
    ["addresses", stackFile],
    ["logs", relative("", logDirectory)],
  ];
  const about =
    `${broker.description}, ${database.description}. ` +
    `Job events go to ${jobEvent}, node states to ${nodeState}.`;
  const shown = rows.map(([name = "", value = ""]) => [styled("bold", name), value]);
  return `\n${table(shown)}\n${styled("dim", about)}\n`;
}
