import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { SignJWT, exportJWK, generateKeyPair } from "jose";
import type { CryptoKey } from "jose";

/** Of a token; one that is undefined is left out. */
export type Claims = Record<string, unknown>;

/** Issues access tokens, and serves the public key for them. */
export class AuthorizationServer {
  readonly issuer = "https://sign-in.example";
  readonly #server: Server;
  readonly #key: CryptoKey;

  private constructor(server: Server, key: CryptoKey) {
    this.#server = server;
    this.#key = key;
  }

  static async start(): Promise<AuthorizationServer> {
    const { publicKey, privateKey } = await generateKeyPair("ES256");
    const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: "1", alg: "ES256", use: "sig" }] });
    const server = createServer((_, response) => response.end(keys));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new AuthorizationServer(server, privateKey);
  }

  /** Where its public keys are. */
  get keys(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/keys`;
  }

  /** @param key another one than its own, for a token that somebody has forged. */
  async token(claims: Claims, key: CryptoKey | Uint8Array = this.#key, alg = "ES256"): Promise<string> {
    return await new SignJWT({ iss: this.issuer, ...claims }).setProtectedHeader({ alg, kid: "1" }).sign(key);
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
