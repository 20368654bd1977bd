import assert from "node:assert/strict";
import process from "node:process";
import { createFixture } from "fs-fixture";
import { Cluster } from "../../../../offline/stand-ins/kubernetes/kubernetes-access.ts";
import { FakeCommands } from "../fake-commands.ts";

const kubeconfig = JSON.stringify({
  contexts: [{ name: "todo", context: { cluster: "todo" } }],
  clusters: [{ name: "todo", cluster: { server: "https://127.0.0.1:1" } }],
});

describe("stand-ins: the cluster of a kubernetes provider", () => {
  const path = process.env["PATH"];
  let commands: FakeCommands;

  const asking = async (scripts: Record<string, string>, variables: NodeJS.ProcessEnv = {}): Promise<void> => {
    await using fixture = await createFixture({ kubeconfig });
    commands = await FakeCommands.create(scripts);
    process.env["PATH"] = commands.folder;
    Object.assign(process.env, variables);
    const cluster = new Cluster(new AbortController().signal);
    await cluster.configure({ kubeconfig: fixture.getPath("kubeconfig"), context: "todo" });
    assert.equal(await cluster.unreachable(), undefined);
  };
  afterEach(() => {
    process.env["PATH"] = path;
    delete process.env["PULUMI_K8S_CLIENT_TIMEOUT"];
  });
  const argumentsOf = async (command: string): Promise<string[]> => (await commands.calls(command))[0]?.args ?? [];

  it("is asked by kubectl", async () => {
    await asking({ kubectl: "", minikube: "" });
    assert.deepEqual((await argumentsOf("kubectl")).slice(2), [
      ...["--context", "todo", "get", "--raw=/version", "--request-timeout=30s"],
    ]);
    assert.deepEqual(await commands.calls("minikube"), []);
  });

  it("is asked by Minikube's kubectl where there is no other", async () => {
    await asking({ minikube: "" });
    const words = await argumentsOf("minikube");
    assert.deepEqual(words.slice(0, 5), ["kubectl", "--profile", "todo", "--", "--kubeconfig"]);
    assert.deepEqual(words.slice(6, 9), ["--context", "todo", "get"]);
  });

  it("is not waited for longer than the official plugin would be told to", async () => {
    await asking({ kubectl: "" }, { PULUMI_K8S_CLIENT_TIMEOUT: "1" });
    assert.equal((await argumentsOf("kubectl")).at(-1), "--request-timeout=1s");
  });
});
