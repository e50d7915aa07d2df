// For tests alone: throws what nobody catches, as a driver would, as soon as the program has made its provisions for it.
// Usage: node --import ./uncaught-error.mjs main.js
process.on("newListener", (event) => {
  if (event !== "uncaughtException") return;
  setImmediate(() => {
    const error = new Error("lost postgres://writer:in-the-url-77@db/cc");
    throw Object.assign(error, { code: "EPIPE", client: { user: "writer", password: "in-a-property-77" } });
  });
});
