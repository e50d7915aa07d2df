import { runWebApp } from "@cc-ingest/web";
import { openConsole } from "./console.js";

await runWebApp({
  name: "console",
  required: ["api-subjects", "nats", "database"],
  usesBroker: () => true,
  open: openConsole,
});
