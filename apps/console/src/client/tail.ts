import { listen } from "./stream.js";

const KEPT = 200;

/** Puts what comes on top, unless it is paused; says how much was left out. */
export function startTail(): void {
  const list = document.querySelector<HTMLElement>("#tail");
  const leftOut = document.querySelector<HTMLElement>("#left-out");
  const button = document.querySelector<HTMLButtonElement>("#pause");
  const address = list?.dataset["events"];
  if (list === null || leftOut === null || button === null || address === undefined) return;
  let paused = false;
  let missed = 0;
  button.hidden = false;
  button.addEventListener("click", () => {
    paused = !paused;
    button.setAttribute("aria-pressed", String(paused));
    button.textContent = paused ? "Go on" : "Pause";
  });
  listen(address, {
    messages: (data) => {
      const { html, leftOut: more } = JSON.parse(data) as { html: string[]; leftOut: number };
      missed += more;
      if (paused) missed += html.length;
      else for (const item of html) list.insertAdjacentHTML("afterbegin", item);
      while (list.children.length > KEPT) list.lastElementChild?.remove();
      leftOut.textContent = missed === 0 ? "" : `Left out: ${missed.toLocaleString("en-US")}`;
    },
  });
}
