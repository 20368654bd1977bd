import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ClusterState } from "../../../../provider/resources/cluster/cluster.ts";
import type { WorkersInputs, WorkersState } from "../../../../provider/resources/cluster/workers.ts";
import { FakeMachine } from "../../fake-machine.ts";

const urn = "urn:pulumi:test::todo-stack::minikube:index:Workers::todo-workers";

describe("minikube:index:Workers", () => {
  let machine: FakeMachine;
  let first: ClusterState;
  let inputs: WorkersInputs;

  beforeEach(async () => {
    machine = await FakeMachine.create();
    const { state } = await machine.cluster().create(machine.urn, await machine.checked({ network: "kube-router" }));
    await machine.starts.wait(state.instance, machine.urn);
    first = state;
    await machine.file("kubernetes-nodes", "node/todo\n");
    const { profile, home, kubeconfig, instance } = state;
    inputs = { profile, home, kubeconfig, instance, count: 2 };
  });

  afterEach(() => machine.restore());

  const up = async (): Promise<WorkersState> => (await machine.workers().create(urn, inputs)).state;

  const update = (olds: WorkersState, news: Partial<WorkersInputs> = {}): Promise<WorkersState> =>
    machine.workers().update(urn, olds, { ...inputs, ...news });

  /** What Minikube was told about nodes, in order. */
  const told = async (): Promise<string[]> =>
    (await machine.minikubeCalls())
      .map(({ args }) => args)
      .flatMap(([command, , , ...rest]) => (command === "node" ? [rest.join(" ")] : []));

  it("adds as many as are wanted, and waits until each is ready", async () => {
    const { names } = await up();
    assert.deepEqual(names, ["todo-m02", "todo-m03"]);
    assert.deepEqual(await told(), ["add", "add"]);
    const kubectl = (await machine.minikubeCalls()).map(({ args }) => args.join(" "));
    assert.ok(
      kubectl.some(
        (call) => call.includes("wait --for=condition=Ready") && call.endsWith("node/todo-m02 node/todo-m03"),
      ),
    );
  });

  it("publishes the port of the first node by no other, since a machine has it once", async () => {
    await writeFile(
      join(machine.profile(), "config.json"),
      JSON.stringify({ Nodes: [{ Name: "" }], ExposedPorts: ["127.0.0.1:30080:30080"] }),
    );
    await up();
    const config = JSON.parse(await readFile(join(machine.folder, "config-at-add"), "utf8")) as {
      ExposedPorts: string[];
    };
    assert.deepEqual(config.ExposedPorts, []);
  });

  it("has nothing to do while all of them run", async () => {
    const state = await up();
    assert.deepEqual(await machine.workers().diff(urn, state, inputs), { changes: false });
  });

  it("has nothing to do when Docker cannot be asked", async () => {
    const state = await up();
    await machine.stopDocker();
    assert.deepEqual(await machine.workers().diff(urn, state, inputs), { changes: false });
  });

  it("starts one that is stopped, and leaves the other alone", async () => {
    const state = await up();
    await machine.file("container-todo-m02", "exited");
    assert.deepEqual(await machine.workers().diff(urn, state, inputs), { changes: true });
    assert.deepEqual(await update(state), state);
    assert.deepEqual((await told()).slice(2), ["start m02"]);
  });

  it("makes one anew that is gone, which Minikube would start without having it join the cluster", async () => {
    const state = await up();
    await machine.remove("container-todo-m02");
    assert.deepEqual(await machine.workers().diff(urn, state, inputs), { changes: true });
    assert.deepEqual((await update(state)).names, ["todo-m03", "todo-m04"]);
    assert.deepEqual((await told()).slice(2), ["add"]);
    const nodes = await readFile(join(machine.folder, "kubernetes-nodes"), "utf8");
    assert.equal(nodes, "node/todo\nnode/todo-m03\nnode/todo-m04\n", "the lost node must be gone from Kubernetes too");
  });

  it("makes one anew whose container went while the cluster was stopped, though its volume is still there", async () => {
    const state = await up();
    await machine.remove("container-todo-m03");
    await machine.file("volume-todo-m03");
    await machine.file("container-todo", "exited");
    await machine.cluster().update(machine.urn, first, first);
    assert.ok(!machine.has("volume-todo-m03"), "nobody would know it any more");
    assert.deepEqual(await update(state), state);
  });

  it("lets one that is paused run on, without a start", async () => {
    const state = await up();
    await machine.file("container-todo-m03", "paused");
    assert.deepEqual(await machine.workers().diff(urn, state, inputs), { changes: true });
    await update(state);
    assert.deepEqual((await told()).slice(2), []);
    assert.deepEqual(await machine.workers().diff(urn, state, inputs), { changes: false });
  });

  it("removes the last ones when fewer are wanted, and adds what is missing when more are", async () => {
    const state = await up();
    assert.deepEqual(await machine.workers().diff(urn, state, { ...inputs, count: 1 }), { changes: true });
    const fewer = await update(state, { count: 1 });
    assert.deepEqual(fewer.names, ["todo-m02"]);
    assert.deepEqual((await update(fewer, { count: 3 })).names, ["todo-m02", "todo-m03", "todo-m04"]);
    assert.deepEqual((await told()).slice(2), ["add", "add"]);
    const kubectl = (await machine.minikubeCalls()).map(({ args }) => args.join(" "));
    const drained = kubectl.findIndex((call) => call.includes("drain todo-m03"));
    const deleted = kubectl.findIndex((call) => call.includes("delete node todo-m03"));
    assert.ok(drained >= 0 && drained < deleted, "its pods must move first");
  });

  it("makes one anew that an interrupted command has left before it had joined the cluster", async () => {
    const state = await up();
    await machine.file("kubernetes-nodes", "node/todo\nnode/todo-m02\n");
    assert.deepEqual(await update(state), state);
    assert.deepEqual((await told()).slice(2), ["add"]);
    const nodes = await readFile(join(machine.folder, "kubernetes-nodes"), "utf8");
    assert.equal(nodes, "node/todo\nnode/todo-m02\nnode/todo-m03\n");
  });

  it("touches no container of that name that somebody else has made", async () => {
    await machine.file("container-todo-m02", "running");
    await assert.rejects(
      up(),
      /^UserError: Docker has a container todo-m02 that this stack has not made.*\n.*docker rm/,
    );
    assert.deepEqual(await told(), []);
  });

  it("says what Minikube said when a node cannot be added", async () => {
    await machine.file("node-add-fails");
    await assert.rejects(up(), /^UserError: minikube node add failed for profile todo: no room\n/);
  });
});
