import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeApi } from "./support/fake-api.ts";
import type { Json } from "./support/stack.ts";

/** The client with which MCP servers are looked at: not ours, and of another version of the SDK. */
describe("MCP Inspector", () => {
  let api: FakeApi;
  beforeEach(async () => (api = await FakeApi.start()));
  afterEach(() => api.stop());

  const inspect = async (...args: string[]): Promise<Json> => {
    const main = join(import.meta.dirname, "../src/main.ts");
    const place = ["--kubeconfig", api.kubeconfig, "--context", "todo", "--namespace", "todo", "--state", api.folder];
    const config = join(api.folder, "mcp.json");
    const servers = { "todo-stack": { command: process.execPath, args: [main, ...place] } };
    writeFileSync(config, JSON.stringify({ mcpServers: servers }));
    const inspector = join(import.meta.dirname, "../node_modules/.bin/mcp-inspector");
    const { stdout } = await promisify(execFile)(
      inspector,
      ["--cli", "--config", config, "--server", "todo-stack", ...args],
      {
        // It keeps its settings at home.
        env: { PATH: process.env.PATH, HOME: api.folder },
      },
    );
    return JSON.parse(stdout) as Json;
  };

  it("lists the tools", async () => {
    const { tools } = await inspect("--method", "tools/list");
    expect(tools).toHaveLength(12);
    expect((tools as Json[])[0]).toMatchObject({ name: "get_health", inputSchema: { additionalProperties: false } });
  });

  it("calls one that reads", async () => {
    const answer = await inspect("--method", "tools/call", "--tool-name", "get_health");
    expect(answer.structuredContent).toMatchObject({ healthy: true, findings: [] });
    expect(api.asked).toContain("GET /api/v1/namespaces/todo/pods");
  });
});
