import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import type { Client } from "@modelcontextprotocol/client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { agrees, call, connect } from "./support/client.ts";
import type { Person } from "./support/client.ts";
import { control, count } from "./support/controlling.ts";
import type { Controlled } from "./support/controlling.ts";
import { named } from "./support/stack.ts";
import type { Json } from "./support/stack.ts";

const finding = "scaled-to-zero:Deployment/todo-backend";
const tokens = { ann: "token-of-ann", bob: "token-of-bob" };
const asksFirst = { remedies: { scale: "ask", restart: "ask", "roll-back": "ask", "re-apply": "ask" } } as const;

describe("the controller, for assistants", () => {
  let running: Controlled;
  let folder: string;
  let address: AddressInfo;
  const clients: Client[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "assistants-"));
    for (const [person, token] of Object.entries(tokens)) writeFileSync(join(folder, person), `${token}\n`);
    // As Kubernetes mounts a Secret: the files are links into a folder like this.
    mkdirSync(join(folder, "..data"));
    running = await control();
    const deployment = named(running.api.objects.deployments, "todo-backend");
    deployment.spec.replicas = 0;
    count(deployment);
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
    await running.stop();
    rmSync(folder, { recursive: true });
  });

  const start = async (mode: "watch" | "act", more: object = {}): Promise<void> => {
    const { forAssistants } = await running.controller(mode, more, {}, { assistants: { folder } });
    address = forAssistants?.address() as AddressInfo;
  };

  const clientOf = async (person: keyof typeof tokens, answers?: Person): Promise<Client> => {
    const headers = { Authorization: `Bearer ${tokens[person]}` };
    const url = new URL(`http://127.0.0.1:${address.port}/mcp`);
    const transport = new StreamableHTTPClientTransport(url, { requestInit: { headers } });
    const client = await connect(transport, answers === undefined ? {} : { person: answers });
    clients.push(client);
    return client;
  };

  const isAsked = async (): Promise<string> => {
    await vi.waitFor(() => expect(running.written()[0]?.question).toBeDefined(), { timeout: 60_000, interval: 20 });
    return running.written()[0]?.question?.code ?? "";
  };

  const agreed = (): string[] =>
    Object.keys((named(running.api.objects.configmaps, "todo-operations-approvals").data as Json | undefined) ?? {});

  const status = async (headers: Record<string, string>): Promise<number | undefined> =>
    await new Promise((resolve, reject) => {
      const sent = request(
        { port: address.port, host: "127.0.0.1", path: "/mcp", method: "POST", headers },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        },
      );
      sent.once("error", reject);
      sent.end("{}");
    });

  it("listens to the loopback interface alone, and only to who has the token of a person", async () => {
    await start("watch");
    expect(address.address).toBe("127.0.0.1");
    expect(await status({})).toBe(401);
    expect(await status({ authorization: "Bearer token-of-carl" })).toBe(401);
    expect(await status({ authorization: "Bearer " })).toBe(401);
    const authorization = `Bearer ${tokens.ann}`;
    expect(await status({ authorization, origin: "https://evil.example" })).toBe(403);
    expect(await status({ authorization, host: "evil.example" })).toBe(403);
  });

  it("is not there unless it is wanted", async () => {
    const { forAssistants } = await running.controller("watch");
    expect(forAssistants).toBeUndefined();
  });

  it("tells what it has found, and has no tool that changes the cluster by itself", async () => {
    await start("watch");
    const client = await clientOf("ann");
    const { tools } = await client.listTools();
    const acting = tools.filter(({ annotations }) => annotations?.readOnlyHint !== true).map(({ name }) => name);
    expect(acting).toEqual(["approve_incident"]);
    await vi.waitFor(() => expect(running.written()).toHaveLength(1), { timeout: 60_000, interval: 20 });
    expect(await call(client, "get_incidents")).toMatchObject({ incidents: [{ finding }] });
    expect(await call(client, "diagnose")).toMatchObject({ findings: [{ id: finding }] });
    const refused = await call(client, "approve_incident", { finding });
    expect(refused.text).toContain("asks nothing for");
  });

  it("answers a single request without a session, as before 2026-07-28", async () => {
    await start("watch");
    const answer = await fetch(`http://127.0.0.1:${address.port}/mcp`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${tokens.ann}`,
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
      },
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method: "tools/call",
        params: { name: "diagnose", arguments: {} },
      }),
    });
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining(finding)]);
  });

  it("does what a person agrees to at their client, and writes down whose it was", async () => {
    const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    await start("act", asksFirst);
    const code = await isAsked();
    const questions: string[] = [];
    const client = await clientOf("bob", (message) => {
      questions.push(message);
      return agrees(message);
    });
    expect(await call(client, "approve_incident", { finding })).toMatchObject({ state: "agreed" });
    expect(questions).toEqual([expect.stringMatching(/^scale Deployment\/todo-backend/)]);
    await vi.waitFor(() => expect(running.changes().length).toBeGreaterThan(1), { timeout: 60_000, interval: 20 });
    expect(agreed()).toEqual([code]);
    const kinds = running.changes().map(({ kind }) => kind as string);
    expect(kinds).toEqual(["ConfigMap", "Deployment"]);
    const log = written.mock.calls.map(([text]) => String(text)).join("");
    written.mockRestore();
    expect(log).toMatch(/"event":"approved".*of bob"/);
    expect(log).not.toContain(tokens.bob);
  });

  it("does nothing when the person declines, or cannot be asked by their client", async () => {
    await start("act", asksFirst);
    const code = await isAsked();
    const declining = await clientOf("ann", () => ({ action: "decline" }));
    expect((await call(declining, "approve_incident", { finding })).text).toMatch(/did not agree/);
    const without = await clientOf("bob");
    const asked = await call(without, "approve_incident", { finding });
    expect(asked).toMatchObject({ state: "asked", next: expect.stringContaining(`approve ${code}`) as string });
    expect([agreed(), running.changes()]).toEqual([[], []]);
  });
});
