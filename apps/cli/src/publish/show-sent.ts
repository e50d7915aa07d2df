import { count } from "../shared/terminal.js";
import type { Sent } from "./send.js";

export function showSent({ published, stored, subjects }: Sent): string {
  const messages = published === 1 ? "1 message" : `${count(published)} messages`;
  if (stored === undefined) return `sent ${messages} to ${subjects.join(" and ")}, unacknowledged`;
  const places = stored.map(({ stream, firstSequence, lastSequence, duplicates }) => {
    const sequences =
      firstSequence === lastSequence
        ? `sequence ${firstSequence}`
        : `sequences ${firstSequence}–${lastSequence}`;
    return `${stream} ${sequences}${duplicates === 0 ? "" : ` (${count(duplicates)} known already)`}`;
  });
  return `stored ${messages} of ${subjects.join(" and ")}: ${places.join(", ")}`;
}
