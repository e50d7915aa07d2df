import { createPublicKey } from "node:crypto";
import { errors, jwtVerify } from "jose";
import { type Principal, isRole } from "./principal.js";

/** Why a token does not count, in words for who sent it. */
export class TokenRefusal extends Error {
  override readonly name = "TokenRefusal";
}

export type VerifyToken = (token: string) => Promise<Principal>;

/**
 * Verifies ClusterCockpit's tokens: JWTs signed with Ed25519, who in `sub`, what they may do in `roles`. `publicKey`: 32 bytes in base64.
 *
 * @returns who sent a token; it throws a TokenRefusal for one that does not count
 */
export function tokenVerifier(publicKey: string): VerifyToken {
  const x = Buffer.from(publicKey, "base64").toString("base64url");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  return async (token) => {
    try {
      // Named here and not taken from the token: it must not choose how it is checked.
      const { payload } = await jwtVerify(token, key, { algorithms: ["EdDSA", "Ed25519"] });
      const { sub, roles } = payload;
      if (sub === undefined || sub === "") throw new TokenRefusal("the token names no subject");
      return {
        user: sub,
        roles: Array.isArray(roles) ? roles.filter(isRole) : [],
        authenticated: true,
      };
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
