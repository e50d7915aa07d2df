import type { Random } from "./random.js";

const commands = [
  "module load intel/2021.4",
  'export OMP_PLACES="cores"',
  '[ -f "$IN" ] && sync && rm -f "$TMPDIR"/*',
  'cp -r "$HOME/in" "$TMPDIR" && cd "$TMPDIR" || exit 1',
  "srun ./solver -i case.inp > out.log 2>&1",
  "awk '/residual/ {print $1\"\\t\"$4}' out.log",
  'if [ "$?" -ne "0" ]; then echo "failed" >&2; exit 1; fi',
  'for i in *.dat; do ./post "$i" < "$i" && mv "$i" "$OUT"; done',
  'test -n "$IN" && echo "$IN" "$OUT" >> "$LOG"',
  "# läuft überall",
  "printf '%s\\n' \"finished on $(hostname)\"",
  "done=1\n\nsync",
] as const;

/** A shell script of so many characters, with the quotes, backslashes, redirections and newlines that real ones have. */
export function jobScript(random: Random, length: number): string {
  const head = "#!/bin/bash -l\n#SBATCH --nodes=1\n#SBATCH --time=24:00:00\n#SBATCH --export=NONE\n\n";
  let text = head;
  while (text.length < length) text += `${random.pick(commands)}\n`;
  return `${text.slice(0, Math.max(0, length - 1))}${length > 0 ? "\n" : ""}`;
}
