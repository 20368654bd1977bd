import assert from "node:assert/strict";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline/promises";
import { execa } from "execa";
import { checkout } from "../../toolchain/paths.ts";
import { stateFile } from "../../toolchain/stack-files.ts";
import { ownEnvironment } from "../helpers/own-environment.ts";
import { serverCommands, somewhere } from "../helpers/server-commands.ts";
import { stack } from "./stack.ts";

describe("the server for operations", function () {
  this.timeout("60m");

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

  it("O5: names what is wrong with a real cluster and mends it, and does nothing to a healthy one or for what a log says", async () => {
    const { copy, cluster, url } = stack;
    const cwd = join(checkout, "apps", "aiops");
    const env = {
      ...process.env,
      AIOPS_KUBECONFIG: cluster.kubeconfig,
      AIOPS_RELEASED: stateFile(copy.folder, copy.stack),
      AIOPS_URL: url,
    };
    // Its client is a package of the server's own.
    const args = [join(cwd, "node_modules", "vitest", "vitest.mjs"), "run", "--config", "vitest.scenarios.config.ts"];
    await execa(process.execPath, args, { cwd, env, extendEnv: false, stdout: "inherit", stderr: "inherit" });
  });
});
