/** Puts what `newer` has besides into its place. What is there already stays the same element, with its focus and where it is scrolled. */
export function merge(ours: Element, newer: Element): void {
  const known = new Map([...ours.children].map((child) => [keyOf(child), child]));
  let next: Element | null = null;
  for (const child of [...newer.children].toReversed()) {
    const own = known.get(keyOf(child));
    if (own === undefined) ours.insertBefore(child, next);
    else merge(own, child);
    next = own ?? child;
  }
}

/** What tells an element from its siblings. A cell's label changes with its state, its address never does. */
function keyOf(element: Element): string {
  return (
    element.getAttribute("href") ??
    element.getAttribute("aria-label") ??
    element.getAttribute("data-rack") ??
    element.tagName
  );
}
