import assert from "node:assert/strict";
import { ownNamespace } from "../../state/access/own-profile.ts";
import { asTyped, checkout, typedPath } from "../../machine/paths.ts";
import { wakeCluster } from "../../data/stored-data.ts";
import { FakeStack } from "../helpers/pretended/fake-stack.ts";

const made = { driver: "docker", cpus: 2, memory: 4096, ports: ["127.0.0.1:30080:30080"] };
const kubernetes = { kubernetesVersion: "v1.33.1", containerRuntime: "docker" };
const up = { instance: "life-1", profile: "todo", namespace: "todo", made, kubernetes };

/** The settings ask for another cluster and another namespace already, and nothing of that is done yet. */
describe("the data of a stack that are to be saved", () => {
  let stack: FakeStack;
  let said: string[];

  beforeEach(async () => {
    said = [];
    stack = await FakeStack.create({ "todo-stack:memory": 6000, "todo-stack:namespace": "staging" });
  });
  afterEach(() => stack.remove());

  const wake = () => wakeCluster(stack.commands, stack.place, (line) => said.push(line));

  it("are in the namespace that the stack has, not in the one that it is to get", async () => {
    await stack.mark();
    assert.equal(ownNamespace(stack.place).namespace, "staging", "as long as it has none");
    await stack.state(up);
    assert.equal(ownNamespace(stack.place).namespace, "todo");
    assert.equal(ownNamespace(stack.place).context, "todo");
  });

  it("are refused where the cluster of that name is another stack's, so that nobody restores into it", async () => {
    await stack.mark("/elsewhere (stack dev)", { made, instance: "life-2" });
    assert.throws(() => ownNamespace(stack.place), /The stack dev has no cluster of its own/);
    await stack.state(up);
    assert.throws(() => ownNamespace(stack.place), /The stack dev has no cluster of its own/);
  });

  it("are reached in a cluster that is stopped: it is started as it was made", async () => {
    await stack.cluster("exited");
    await stack.mark(undefined, { made });
    await stack.state(up);
    await stack.file(".state/todo.kubeconfig", "of its address before");
    await wake();
    const [call, ...others] = await stack.minikubeCalls();
    assert.deepEqual(others, []);
    const args = call?.args ?? [];
    assert.deepEqual(args.slice(0, 3), ["start", "-p", "todo"]);
    for (const arg of ["--memory=4096", "--cpus=2", "--kubernetes-version=v1.33.1", "--ports=127.0.0.1:30080:30080"]) {
      assert.ok(args.includes(arg), `${arg} of ${args.join(" ")}`);
    }
    assert.match(said.join(), /The cluster todo is stopped\. It is started with its old settings/);
  });

  it("are reached in a cluster that runs as it is", async () => {
    await stack.cluster("running");
    await stack.mark(undefined, { made });
    await stack.state(up);
    await wake();
    assert.deepEqual(await stack.minikubeCalls(), []);
  });

  it("are not looked for in another stack's cluster", async () => {
    await stack.cluster("exited");
    await stack.mark("/elsewhere (stack dev)", { made, instance: "life-2" });
    await stack.state(up);
    await wake();
    assert.deepEqual(await stack.minikubeCalls(), []);
  });
});

describe("a path in a command that is to be pasted", () => {
  const { INIT_CWD: before } = process.env;
  afterEach(() => {
    if (before === undefined) delete process.env["INIT_CWD"];
    else process.env["INIT_CWD"] = before;
  });

  for (const [folder, file, shown] of [
    [checkout, `${checkout}/backups/a.dump`, "backups/a.dump"],
    [`${checkout}/apps/backend`, `${checkout}/backups/a.dump`, "../../backups/a.dump"],
    ["/home/ada/my todos", "/home/ada/my todos/a b's.dump", `'a b'\\''s.dump'`],
  ] as const) {
    it(`leads from ${folder.replace(checkout, "the checkout")} to the file: ${shown}`, () => {
      process.env["INIT_CWD"] = folder;
      assert.equal(asTyped(file), shown);
      if (!shown.startsWith("'")) assert.equal(typedPath(shown), file);
    });
  }
});
