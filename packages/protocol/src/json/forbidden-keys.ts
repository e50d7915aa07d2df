/** Keys that reach an object's prototype when somebody copies them with an assignment. */
export function isForbidden(key: string): boolean {
  return key === "__proto__" || key === "constructor" || key === "prototype";
}
