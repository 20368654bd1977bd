import assert from "node:assert/strict";
import { hostname } from "node:os";
import { whatGoes } from "../../cli/destroy.ts";
import { UserError } from "../../provider/processes/errors.ts";
import { stopCluster } from "../../cli/stop.ts";
import { FakeStack } from "../helpers/pretended/fake-stack.ts";

describe("npm stop", () => {
  let stack: FakeStack;

  beforeEach(async () => (stack = await FakeStack.create()));
  afterEach(() => stack.remove());

  const stop = async (): Promise<string> => await stopCluster(stack.commands, stack.place);
  const refuses = (message: RegExp): Promise<void> =>
    assert.rejects(stop(), (error) => error instanceof UserError && message.test(error.message));

  it("stops the cluster with its own kubeconfig, deletes nothing, and says how to go on", async () => {
    await stack.cluster("running");
    assert.match(await stop(), /^The cluster todo is stopped, and its data are kept\. .*npm start.*npm run destroy$/);
    const [call] = await stack.minikubeCalls();
    assert.ok(call !== undefined);
    assert.deepEqual(call.args, ["stop", "-p", "todo", "--keep-context-active"]);
    assert.equal(call.env["MINIKUBE_HOME"], stack.place.home);
    assert.equal(call.env["KUBECONFIG"], `${stack.place.folder}/.state/todo.kubeconfig`);
  });

  it("stops the cluster that the stack has, whatever profile is set now", async () => {
    await stack.file("Pulumi.dev.yaml", "config: { 'todo-stack:profile': another }\n");
    await stack.state({ instance: "life-1", profile: "todo" });
    await stack.cluster("running");
    assert.match(await stop(), /^The cluster todo is stopped/);
  });

  it("is content when there is nothing to stop", async () => {
    assert.match(await stop(), /has no cluster.*npm start$/);
    await stack.cluster("exited");
    assert.match(await stop(), /is stopped already/);
    assert.deepEqual(await stack.minikubeCalls(), []);
  });

  it("leaves what is not this stack's", async () => {
    await stack.cluster("running");
    await stack.mark("/elsewhere (stack dev)");
    await refuses(/^Minikube profile todo belongs to \/elsewhere \(stack dev\)\./);
    assert.deepEqual(await stack.minikubeCalls(), []);
  });

  it("leaves a cluster at which Pulumi is at work", async () => {
    await stack.cluster("running");
    await stack.lock(process.pid, hostname());
    await refuses(/^Pulumi is at work on the stack dev: process \d+/);
    assert.deepEqual(await stack.minikubeCalls(), []);
  });

  it("says what to do when Docker does not answer", async () => {
    await stack.cluster("running");
    await stack.stopDocker();
    await refuses(/^It is not known whether the cluster todo runs\.\n.*Start Docker/);
  });

  it("npm run destroy names what goes", async () => {
    assert.match(await whatGoes(stack.commands, stack.place), /^The stack dev has no cluster.* will be removed\.$/);
    const saved = { file: "/backups/dev.dump", contents: "accounts: 1, todos: 2", system: "1" };
    await stack.file(".state/keep-data-dev.json", JSON.stringify({ loss: "cluster/todo/1", saved }));
    const waiting = /not put back yet stay in \S*dev\.dump \(accounts: 1, todos: 2\)\.$/;
    assert.match(await whatGoes(stack.commands, stack.place), waiting);
    await stack.cluster("running");
    const what = await whatGoes(stack.commands, stack.place);
    assert.match(what, /^The cluster todo of the stack dev will be removed with all data in it\. In it: /);
    assert.match(what, waiting);
  });
});
