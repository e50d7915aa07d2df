import { createPublicKey } from "node:crypto";
import { errors, jwtVerify } from "jose";
import { type Principal, isRole } from "./principal.js";

/** Why a token does not count, in words for who sent it. */
export class TokenRefusal extends Error {
  override readonly name = "TokenRefusal";
}

export type VerifyToken = (token: string) => Promise<Principal>;

/** Clients send the same token with each request, and checking its signature costs more than most answers. */
const REMEMBERED = 1_000;

/**
 * Verifies ClusterCockpit's tokens: JWTs signed with Ed25519, who in `sub`, what they may do in `roles`. `publicKey`: 32 bytes in base64.
 *
 * @returns who sent a token; it throws a TokenRefusal for one that does not count
 */
export function tokenVerifier(publicKey: string): VerifyToken {
  const x = Buffer.from(publicKey, "base64").toString("base64url");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  const known = new Map<string, { readonly principal: Principal; readonly expires: number }>();
  return async (token) => {
    const remembered = known.get(token);
    if (remembered !== undefined && Math.floor(Date.now() / 1_000) < remembered.expires)
      return remembered.principal;
    try {
      // Named here and not taken from the token: it must not choose how it is checked.
      const { payload } = await jwtVerify(token, key, { algorithms: ["EdDSA", "Ed25519"] });
      const { sub, roles, exp = Number.POSITIVE_INFINITY } = payload;
      if (sub === undefined || sub === "") throw new TokenRefusal("the token names no subject");
      const principal: Principal = {
        user: sub,
        roles: Array.isArray(roles) ? roles.filter(isRole) : [],
        authenticated: true,
      };
      // Only what is valid gets in here, so nobody else can fill it.
      if (known.size >= REMEMBERED) known.clear();
      known.set(token, { principal, expires: exp });
      return principal;
    } catch (error) {
      throw refusalOf(error);
    }
  };
}

function refusalOf(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return new TokenRefusal("the token has expired");
  if (error instanceof errors.JWTClaimValidationFailed)
    return new TokenRefusal(`the token's ${error.claim} does not fit`);
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return new TokenRefusal("the token is signed with another key");
  if (error instanceof errors.JOSEError) return new TokenRefusal("this is no token signed with Ed25519");
  return error;
}
