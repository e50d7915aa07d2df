import { allSettings } from "../settings.js";

/** The Markdown table of all settings, for the README. */
export function settingsTable(): string {
  const rows = allSettings.map(({ key, env, type, fallback, secret, description }) => {
    const variable = `\`${env[0]}\`${secret ? " (or `_FILE`)" : ""}`;
    const value = fallback === undefined ? "" : `\`${JSON.stringify(fallback)}\``;
    return [`\`${key}\``, variable, type.label, value, description];
  });
  const table = [["in the file", "in the environment", "value", "default", "what it does"], rule, ...rows];
  return table.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

const rule = ["---", "---", "---", "---", "---"];
