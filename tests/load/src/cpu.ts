import { readFileSync, readdirSync } from "node:fs";

const TICKS_PER_SECOND = 100;

/** CPU seconds of a process so far, with those of its children that live or have ended. Source: proc(5). */
export function cpuSeconds(pid: number): number {
  const children = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((child) => statOf(child)?.parent === pid);
  const own = statOf(pid);
  const live = children.reduce((sum, child) => sum + (statOf(child)?.ticks ?? 0), 0);
  return ((own?.ticks ?? 0) + (own?.endedChildren ?? 0) + live) / TICKS_PER_SECOND;
}

function statOf(pid: number): { parent: number; ticks: number; endedChildren: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const [, parent = 0] = fields;
    const at = (index: number): number => fields[index] ?? 0;
    return { parent, ticks: at(11) + at(12), endedChildren: at(13) + at(14) };
  } catch {
    return undefined;
  }
}
