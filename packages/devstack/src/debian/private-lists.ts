import { mkdir } from "node:fs/promises";
import { join } from "node:path";

/** Options for apt with lists of its own below `folder`: this machine's may be absent (images are cleared of them) and only root may fetch them. */
export async function privateLists(folder: string): Promise<string[]> {
  await mkdir(join(folder, "lists", "partial"), { recursive: true });
  await mkdir(join(folder, "archives", "partial"), { recursive: true });
  const options = [
    `Dir::State::Lists=${join(folder, "lists")}`,
    `Dir::Cache=${folder}`,
    `Dir::Cache::Archives=${join(folder, "archives")}`,
    "Acquire::Languages=none",
    "APT::Sandbox::User=",
  ];
  return options.flatMap((option) => ["-o", option]);
}
