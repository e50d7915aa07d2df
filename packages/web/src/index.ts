export { type ErrorAnswer, errorAnswer } from "./answer-errors.js";
export { type TokenOf, allow, authenticate, tokenInHeaders } from "./authenticate.js";
export { Broker } from "./broker.js";
export { frame } from "./frame.js";
export { type Principal, type Role } from "./principal.js";
export { type WebAppDefinition, type WebRuntime, runWebApp } from "./run-web-app.js";
export { TokenRefusal, type VerifyToken, tokenVerifier } from "./verify-token.js";
export type { WebEnv } from "./web-env.js";
