import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { serviceResource } from "./resource.js";

it("is named after the package that was started", () => {
  const { attributes } = serviceResource(
    fileURLToPath(new URL("../../config/dist/index.js", import.meta.url)),
  );
  expect(attributes).toMatchObject({ "service.name": "config", "service.version": "0.1.0" });
});

it.each([undefined, "/no/such/main.js", ""])("has a name without a package, as for %s", (entryPoint) => {
  expect(serviceResource(entryPoint).attributes["service.name"]).toBe("cc-ingest");
});
