import type { JWTPayload } from "jose";
import { createRemoteJWKSet, errors, jwtVerify } from "jose";
import * as z from "zod";
import type { SignIn } from "../protocol-http.ts";

export const signInSchema = z.strictObject({
  /** The authorization server, exactly as its tokens name it. */
  issuer: z.url(),
  /** URL of its public keys, a JSON Web Key Set. */
  keys: z.url(),
  /** URL by which clients reach this server. A token that is not for it is not accepted. */
  resource: z.url(),
  /** The claim of a token that names the person. */
  claim: z.string().min(1),
  /** Who may call, as that claim names them. */
  people: z.array(z.string().min(1)).min(1),
});

/** With a key that only the issuer has. A secret that both know would let this server issue tokens as well. */
const algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

/**
 * Accepts the access tokens of an authorization server as a resource server does: JSON Web Tokens that it has signed,
 * for this server, not over, of a person who may call.
 */
export const signInBy = ({ issuer, keys, resource, claim, people }: z.infer<typeof signInSchema>): SignIn => {
  const keySet = createRemoteJWKSet(new URL(keys), { timeoutDuration: 5_000 });
  const verified = async (token: string): Promise<JWTPayload | undefined> => {
    const must = { issuer, audience: resource, algorithms, requiredClaims: ["exp", claim], clockTolerance: 5 };
    try {
      return (await jwtVerify(token, keySet, must)).payload;
    } catch (error) {
      if (isTokensFault(error)) return undefined;
      throw error;
    }
  };
  return {
    people,
    metadata: {
      url: metadataOf(new URL(resource)),
      content: { resource, authorization_servers: [issuer], bearer_methods_supported: ["header"] },
    },
    personOf: async (token) => {
      const person = (await verified(token))?.[claim];
      return typeof person === "string" && people.includes(person) ? person : undefined;
    },
  };
};

/** Anything else says that the keys could not be had. */
const isTokensFault = (error: unknown): boolean =>
  [
    errors.JWTInvalid,
    errors.JWTExpired,
    errors.JWTClaimValidationFailed,
    errors.JWSInvalid,
    errors.JWSSignatureVerificationFailed,
    errors.JOSEAlgNotAllowed,
    errors.JOSENotSupported,
    errors.JWKSNoMatchingKey,
    errors.JWKSMultipleMatchingKeys,
  ].some((kind) => error instanceof kind);

/** https://www.rfc-editor.org/rfc/rfc9728#section-3.1 */
const metadataOf = ({ origin, pathname }: URL): URL =>
  new URL(`/.well-known/oauth-protected-resource${pathname === "/" ? "" : pathname}`, origin);
