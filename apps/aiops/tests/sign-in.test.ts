import type { AddressInfo } from "node:net";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { generateKeyPair } from "jose";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AuthorizationServer } from "./support/authorization-server.ts";
import type { Claims } from "./support/authorization-server.ts";
import { call, connect } from "./support/client.ts";
import { control } from "./support/controlling.ts";
import type { Controlled } from "./support/controlling.ts";

const resource = "http://localhost:8081/mcp";
const inAMinute = (): number => Math.floor(Date.now() / 1000) + 60;
const ofAnn = (): Claims => ({ aud: resource, exp: inAMinute(), sub: "1", email: "ann@team.example" });

describe("the controller, for assistants of people who sign in elsewhere", () => {
  let running: Controlled;
  let issuing: AuthorizationServer;
  let url: string;

  beforeEach(async () => {
    issuing = await AuthorizationServer.start();
    running = await control();
    const { issuer, keys } = issuing;
    const signIn = { issuer, keys, resource, claim: "email", people: ["ann@team.example"] };
    const { forAssistants } = await running.controller("watch", {}, {}, { signIn });
    url = `http://127.0.0.1:${(forAssistants?.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    await running.stop();
    issuing.stop();
  });

  const ask = async (authorization?: string): Promise<Response> =>
    await fetch(`${url}/mcp`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        ...(authorization === undefined ? {} : { authorization }),
      },
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method: "tools/call",
        params: { name: "diagnose", arguments: {} },
      }),
    });
  const statusOf = async (token: string): Promise<number> => (await ask(`Bearer ${token}`)).status;

  it("lets in who has a token that was issued to them for this server, and writes down whose it was", async () => {
    const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    const token = await issuing.token(ofAnn());
    const headers = { Authorization: `Bearer ${token}` };
    const client = await connect(
      new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit: { headers } }),
    );
    expect(await call(client, "diagnose")).toMatchObject({ findings: [] });
    await client.close();
    const log = written.mock.calls.map(([text]) => String(text)).join("");
    written.mockRestore();
    expect(log).toContain("of ann@team.example");
    expect(log).not.toContain(token);
  });

  for (const [title, claims] of Object.entries<Claims>({
    "for another server": { ...ofAnn(), aud: "https://elsewhere.example/mcp" },
    "for no server": { ...ofAnn(), aud: undefined },
    "that is over": { ...ofAnn(), exp: inAMinute() - 120 },
    "that is never over": { ...ofAnn(), exp: undefined },
    "that is not valid yet": { ...ofAnn(), nbf: inAMinute() },
    "of another issuer": { ...ofAnn(), iss: "https://evil.example" },
    "of somebody who may not call": { ...ofAnn(), email: "carl@team.example" },
    "of nobody": { ...ofAnn(), email: undefined },
    "that names several people": { ...ofAnn(), email: ["ann@team.example"] },
  })) {
    it(`refuses a token ${title}`, async () => {
      expect(await statusOf(await issuing.token(claims))).toBe(401);
      expect(await statusOf(await issuing.token(ofAnn()))).toBe(200);
    });
  }

  it("refuses a token that the issuer has not signed", async () => {
    const { privateKey } = await generateKeyPair("ES256");
    expect(await statusOf(await issuing.token(ofAnn(), privateKey))).toBe(401);
    const shared = new TextEncoder().encode("a secret that this server could know too");
    expect(await statusOf(await issuing.token(ofAnn(), shared, "HS256"))).toBe(401);
    const [, body] = (await issuing.token(ofAnn())).split(".");
    const unsigned = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url");
    expect(await statusOf(`${unsigned}.${body}.`)).toBe(401);
    expect(await statusOf("no-token")).toBe(401);
  });

  it("tells a client without a good token where to get one", async () => {
    const none = await ask();
    const where = "http://localhost:8081/.well-known/oauth-protected-resource/mcp";
    expect([none.status, none.headers.get("www-authenticate")]).toEqual([401, `Bearer resource_metadata="${where}"`]);
    const bad = await ask("Bearer no-token");
    expect(bad.headers.get("www-authenticate")).toBe(`Bearer resource_metadata="${where}", error="invalid_token"`);
    for (const path of ["/.well-known/oauth-protected-resource/mcp", "/.well-known/oauth-protected-resource"]) {
      const metadata = await fetch(`${url}${path}`);
      expect(await metadata.json()).toEqual({
        resource,
        authorization_servers: [issuing.issuer],
        bearer_methods_supported: ["header"],
      });
    }
  });

  it("says that it cannot tell who it is while the issuer's keys cannot be read", async () => {
    const token = await issuing.token(ofAnn());
    issuing.stop();
    expect(await statusOf(token)).toBe(503);
  });
});
