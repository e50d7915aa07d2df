import type { TSchema } from "typebox";
import type { Answer, Endpoint } from "./endpoint.js";
import { ErrorAnswerSchema } from "./schemas/common.js";

/** What every endpoint may answer beside its own. */
const always = {
  400: "A parameter or the body is wrong; error names it.",
  401: "No valid token.",
  403: "The token lacks the role.",
  500: "A bug; the log tells more.",
  503: "Database or broker are away, nothing is promised: try again.",
  504: "It took too long.",
};

/** Beside these, where there is a body. */
const withBody = { 413: "The body is larger than ingest.web.max-body-bytes." };

/** The OpenAPI document of these endpoints, from the very schemas that requests are held to. */
export function openApiDocument(endpoints: readonly Endpoint[], version: string): object {
  const paths = Object.groupBy(endpoints, ({ path }) => path);
  return {
    openapi: "3.1.0",
    info: {
      title: "cc-ingest",
      version,
      description: "ClusterCockpit's endpoints for jobs and nodes. Times are Unix seconds.",
    },
    paths: Object.fromEntries(
      Object.entries(paths).map(([path, ofPath = []]) => [
        path,
        Object.fromEntries(
          ofPath.flatMap((each) => each.methods.map((method) => [method, operation(each, method)])),
        ),
      ]),
    ),
    security: [{ bearer: [] }, { token: [] }],
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
        token: { type: "apiKey", in: "header", name: "X-Auth-Token" },
      },
    },
  };
}

function operation({ path, summary, roles, parameters, query, body, answers }: Endpoint, method: string) {
  const errors: Record<string, Answer> = Object.fromEntries(
    Object.entries(body === undefined ? always : { ...always, ...withBody }).map(([code, description]) => [
      code,
      { description, schema: ErrorAnswerSchema },
    ]),
  );
  const all: Record<string, Answer> = { ...errors, ...answers };
  return {
    operationId: `${method} ${path}`,
    summary,
    description: `For the roles ${roles.join(", ")}.`,
    parameters: [...parametersIn("path", parameters), ...parametersIn("query", query)],
    ...(body === undefined ? {} : { requestBody: { required: true, ...asJson(body) } }),
    responses: Object.fromEntries(
      Object.entries(all).map(([code, { description, schema }]) => [
        code,
        { description, ...asJson(schema) },
      ]),
    ),
  };
}

function parametersIn(place: "path" | "query", parameters: Endpoint["query"]) {
  const required: readonly string[] = parameters.required ?? [];
  return Object.entries(parameters.properties as Readonly<Record<string, TSchema>>).map(([name, schema]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema,
  }));
}

const asJson = (schema: object) => ({ content: { "application/json": { schema } } });
