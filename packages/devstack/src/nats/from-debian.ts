import type { Source } from "./source.js";

export const debian: Source = {
  name: "debian",
  label: "Debian",
  cacheName: "debian",
  fetch: () => Promise.reject(new Error("to do")),
};
