import assert from "node:assert/strict";
import { createInterface } from "node:readline/promises";
import { execa } from "execa";
import { ownEnvironment } from "../helpers/pretended/own-environment.ts";
import { serverCommands, somewhere } from "../helpers/pretended/server-commands.ts";
import { stack } from "./support/stack.ts";

describe("the server for operations", function () {
  this.timeout("2m");

  it("O5: starts by the command that clients are told, and answers on standard output alone", async () => {
    const { folder, stack: name } = stack.copy;
    const [file = "", ...args] = (serverCommands()[0] ?? []).map((part) => part.replace(somewhere, folder));
    const env = { ...ownEnvironment(), PULUMI_STACK: name };
    const server = execa(file, args, { env, extendEnv: false, reject: false, buffer: { stdout: false } });
    const hello = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "tests", version: "1" } };
    server.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params: hello })}\n`);
    const { value: line } = await createInterface({ input: server.stdout })[Symbol.asyncIterator]().next();
    server.stdin.end();
    const { stderr } = await server;
    assert.ok(typeof line === "string", `it must answer, and not only say:\n${stderr}`);
    const { id, result } = JSON.parse(line) as { id: number; result: { serverInfo: { name: string } } };
    assert.deepEqual([id, result.serverInfo.name], [1, "todo-stack-operations"]);
  });
});
