import { drawSample } from "./charts.js";
import { listen } from "./stream.js";

/** Parts of the page that the server sends anew when they have changed. */
export function startRegions(): void {
  for (const region of document.querySelectorAll<HTMLElement>("[data-live]")) {
    const address = region.dataset["live"];
    if (address === undefined || address === "") continue;
    listen(address, { region: (html) => replace(region, html), sample: drawSample });
  }
}

/** What had the focus has it again, and what was scrolled stays where it was. */
export function replace(region: HTMLElement, html: string): void {
  const focused = region.contains(document.activeElement)
    ? placeOf(region, document.activeElement)
    : undefined;
  const scrolled = [...region.querySelectorAll(".scroll")].map(({ scrollLeft }) => scrollLeft);
  region.innerHTML = html;
  for (const [index, element] of [...region.querySelectorAll(".scroll")].entries())
    element.scrollLeft = scrolled[index] ?? 0;
  if (focused !== undefined) focused()?.focus({ preventScroll: true });
}

/** The same link or field again, wherever it now stands. */
function placeOf(region: HTMLElement, element: Element | null): (() => HTMLElement | null) | undefined {
  if (element === null) return undefined;
  for (const name of ["href", "name", "aria-label"]) {
    const value = element.getAttribute(name);
    if (value !== null) return () => region.querySelector<HTMLElement>(`[${name}="${CSS.escape(value)}"]`);
  }
  return undefined;
}
