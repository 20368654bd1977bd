import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { credentials } from "@grpc/grpc-js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import service from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { checkout } from "../../../machine/paths.ts";
import { startProvider } from "../../../pulumi/program/provider-ahead.ts";

const variable = "PULUMI_DEBUG_PROVIDERS";

const isOpen = async (port: string): Promise<boolean> => {
  const socket = connect(Number(port), "127.0.0.1");
  const found = await Promise.race([
    once(socket, "connect").then(() => true),
    once(socket, "error").then(() => false),
  ]).catch(() => false);
  socket.destroy();
  return found;
};

const isClosed = async (port: string): Promise<void> => {
  for (let tries = 0; tries < 100; tries += 1) {
    if (!(await isOpen(port))) return;
    await sleep(50);
  }
  assert.fail("the provider still runs after five seconds");
};

describe("the provider that is started ahead of Pulumi", () => {
  it("is where the variable of Pulumi says, and ends when it is told to", async () => {
    const provider = startProvider(["up"], process.env);
    const port = (await provider.variables)[variable]?.replace("minikube:", "") ?? "";
    const client = new service.ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
    await new Promise<void>((resolve, reject) =>
      client.getPluginInfo(new empty.Empty(), (error) => (error ? reject(error) : resolve())),
    );
    client.close();
    await provider.end();
    assert.equal(await isOpen(port), false, "the provider still runs");
  });

  it("is left to Pulumi where it does not start", async () => {
    const provider = startProvider(["up"], { ...process.env, NODE_OPTIONS: "--no-such-option" });
    assert.deepEqual(await provider.variables, {});
    await provider.end();
  });

  it("is not started where somebody debugs plugins", async () => {
    const provider = startProvider(["up"], { ...process.env, [variable]: "minikube:1" });
    assert.deepEqual(await provider.variables, {});
    await provider.end();
  });

  it("ends with a command that is killed, and has a process group of its own, so Ctrl-C is left to Pulumi", async () => {
    const module = join(checkout, "pulumi", "program", "provider-ahead.ts");
    const code = `
      import { execFileSync } from "node:child_process";
      const { startProvider } = await import(${JSON.stringify(module)});
      const port = (await startProvider(["up"], process.env).variables)["${variable}"].replace("minikube:", "");
      const groups = execFileSync("ps", ["-o", "pgid=", "--ppid", String(process.pid)], { encoding: "utf8" });
      const own = execFileSync("ps", ["-o", "pgid=", "-p", String(process.pid)], { encoding: "utf8" }).trim();
      console.log(port, groups.trim().split(/\\s+/).some((group) => group !== own));`;
    const command = spawn(process.execPath, ["--input-type=module", "--eval", code]);
    const [line] = (await once(createInterface(command.stdout), "line")) as [string];
    const [port = "", isApart] = line.split(" ");
    assert.equal(isApart, "true", "the provider is in the process group of the command");
    assert.equal(await isOpen(port), true);
    command.kill("SIGKILL");
    await isClosed(port);
  });
});
