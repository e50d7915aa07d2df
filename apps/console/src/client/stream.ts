/** Which event is handled how; `data` is what came with it. */
export type Handlers = Readonly<Record<string, (data: string) => void>>;

const state = document.querySelector("#live-state");

/**
 * Events of an address while the page is seen; a hidden page costs the server nothing. The browser connects again by itself, unless it
 * is told that it may not.
 *
 * @returns what ends it
 */
export function listen(address: string, handlers: Handlers): () => void {
  let source: EventSource | undefined;
  const open = (): void => {
    source = new EventSource(address);
    source.addEventListener("open", () => say("live"));
    source.addEventListener("error", () => {
      const closed = source?.readyState === EventSource.CLOSED;
      say(closed ? "not live: load the page anew" : "not live, connecting again");
    });
    source.addEventListener("trouble", ({ data }) => say(String(data)));
    for (const [name, handle] of Object.entries(handlers))
      source.addEventListener(name, ({ data }) => {
        say("live");
        handle(String(data));
      });
  };
  const follow = (): void => {
    source?.close();
    if (document.visibilityState === "visible") open();
    else say("paused");
  };
  document.addEventListener("visibilitychange", follow);
  follow();
  return () => {
    document.removeEventListener("visibilitychange", follow);
    source?.close();
  };
}

function say(text: string): void {
  if (state !== null && state.textContent !== text) state.textContent = text;
}
