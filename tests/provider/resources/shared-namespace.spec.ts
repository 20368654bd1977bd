import assert from "node:assert/strict";
import { Commands } from "../../../provider/processes/commands.ts";
import { LossGuard } from "../../../provider/data-loss/loss.ts";
import { NamespaceResource } from "../../../provider/resources/namespace.ts";
import type { NamespaceState } from "../../../provider/resources/namespace.ts";
import { FakeApi } from "../fake-api.ts";

const id = "3f2c0a4e-0000-4000-8000-000000000001";
const owner = "todo-stack/prod/1a2b3c4d";
const urn = "urn:pulumi:prod::todo-stack::minikube:index:Namespace::todo-namespace";

describe("minikube:index:Namespace in a cluster that others use too", () => {
  let api: FakeApi;
  let said: string[];
  let resource: NamespaceResource;

  beforeEach(async () => {
    said = [];
    api = await FakeApi.start();
    api.isCluster(id);
    const say = (_urn: string, line: string): void => void said.push(line);
    const engine = { inform: say, warn: say, progress: () => undefined };
    const guard = new LossGuard(engine, {}, () => true);
    resource = new NamespaceResource(new Commands({}, new AbortController().signal), engine, guard, "/nowhere", {});
  });

  afterEach(() => api.stop());

  const state = (): NamespaceState => ({
    name: "todo",
    labels: {},
    kubeconfig: api.kubeconfig,
    context: "todo",
    clusterId: id,
    instance: id,
    life: id,
    owner,
  });
  const there = (mark: string | undefined): void =>
    void api.objects.set("", {
      metadata: {
        name: "todo",
        labels: { "app.kubernetes.io/managed-by": "todo-stack" },
        ...(mark === undefined ? {} : { annotations: { "todo-stack/owner": mark } }),
      },
    });

  it("marks the namespace that it makes as this stack's", async () => {
    await resource.create(urn, state());
    assert.deepEqual(api.applied, [
      {
        apiVersion: "v1",
        kind: "Namespace",
        metadata: {
          name: "todo",
          labels: { "app.kubernetes.io/managed-by": "todo-stack" },
          annotations: { "todo-stack/owner": owner },
        },
      },
    ]);
  });

  it("goes on with its own, which an interrupted up has left", async () => {
    there(owner);
    await resource.create(urn, state());
    assert.equal(api.applied.length, 1);
  });

  const others = {
    "says nothing": undefined,
    "is a colleague's": "todo-stack/prod/99999999",
    "is another stack's": "todo-stack/dev",
  };
  for (const [what, mark] of Object.entries(others)) {
    it(`refuses a namespace that ${what}, and never deletes it`, async () => {
      there(mark);
      await assert.rejects(resource.create(urn, state()), {
        message:
          /There is a namespace todo .+\n {2}Nothing was changed.+annotate namespace todo todo-stack\/owner=todo-stack\/prod$/s,
      });
      await resource.delete(urn, state());
      assert.deepEqual([api.applied, api.deleted], [[], []]);
    });
  }

  it("uses a namespace that was made for it as it is, and never deletes it", async () => {
    there("todo-stack/prod");
    await resource.create(urn, state());
    await resource.delete(urn, state());
    assert.deepEqual([api.applied, api.deleted], [[], []]);
    assert.match(said.join(), /was not made by this stack, and is kept with the volumes in it/);
  });

  it("deletes its own", async () => {
    there(owner);
    await resource.delete(urn, state());
    assert.deepEqual(api.deleted, [""]);
  });
});
