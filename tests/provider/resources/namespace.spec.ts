import assert from "node:assert/strict";
import { createFixture } from "fs-fixture";
import { Commands } from "../../../provider/processes/commands.ts";
import type { Engine } from "../../../provider/engine/engine-log.ts";
import { UserError } from "../../../provider/processes/errors.ts";
import { agreementVariable, LossGuard } from "../../../provider/data-loss/loss.ts";
import { NamespaceResource } from "../../../provider/resources/namespace.ts";
import type { NamespaceInputs, NamespaceState } from "../../../provider/resources/namespace.ts";
import { FakeApi } from "../fake-api.ts";

const managedByUs = { "app.kubernetes.io/managed-by": "todo-stack" };

describe("minikube:index:Namespace", () => {
  let api: FakeApi;
  let cancellation: AbortController;
  let progress: string[];
  let warned: string[];

  beforeEach(async () => {
    api = await FakeApi.start();
    cancellation = new AbortController();
    progress = [];
    warned = [];
  });

  afterEach(() => api.stop());

  const resource = (env: NodeJS.ProcessEnv = {}): NamespaceResource => {
    const engine: Engine = {
      inform: () => undefined,
      warn: (_urn, line) => warned.push(line),
      progress: (_urn, line) => progress.push(line),
    };
    const commands = new Commands(process.env, cancellation.signal);
    return new NamespaceResource(commands, engine, new LossGuard(engine, env, () => true), "/nowhere", env);
  };
  const inputs = (changes: Partial<NamespaceInputs> = {}): NamespaceInputs => ({
    name: "space",
    labels: { enforce: "restricted" },
    kubeconfig: api.kubeconfig,
    home: api.home,
    context: "todo",
    instance: "life-1",
    ...changes,
  });
  const state = (changes: Partial<NamespaceState> = {}): NamespaceState => ({
    ...inputs(),
    life: "life-1",
    ...changes,
  });
  /** The namespace as the server has it. */
  const there = (metadata: object = {}, status: object = {}): void => {
    api.objects.set("", { metadata: { name: "space", labels: managedByUs, ...metadata }, status });
  };

  it("begins with the life of the cluster, and asks nobody", async () => {
    assert.deepEqual(await resource().check("", {}, inputs()), state());
    assert.deepEqual(api.asked, []);
  });

  it("leaves one alone that is there", async () => {
    there();
    const checked = await resource().check("", state(), inputs());
    assert.deepEqual(checked, state());
    assert.deepEqual(await resource().diff("", state(), checked), { changes: false });
  });

  it("is taken to be there when nobody can be asked, so that a preview needs no cluster", async () => {
    const checked = await resource().check("", state(), inputs({ kubeconfig: "/nowhere" }));
    assert.equal(checked.life, "life-1");
  });

  for (const [what, prepare] of [
    ["was deleted", () => undefined],
    ["is being deleted", () => there({ deletionTimestamp: "2026-01-02T03:04:05Z" })],
  ] as const) {
    it(`gets another life when it ${what}, on which everything in it hangs, and the one after that too`, async () => {
      prepare();
      const checked = await resource().check("", state(), inputs());
      assert.equal(checked.life, "life-1.1");
      assert.deepEqual(await resource().diff("", state(), checked), { changes: true });
      assert.equal((await resource().check("", checked, inputs())).life, "life-1.2");
      assert.equal(await resource().read("", state()), undefined, "a refresh must find it gone");
    });
  }

  it("is made with its labels and a mark", async () => {
    await resource().create("", state());
    const metadata = { name: "space", labels: { enforce: "restricted", ...managedByUs } };
    assert.deepEqual(api.applied, [{ apiVersion: "v1", kind: "Namespace", metadata }]);
  });

  it("is taken over when this stack has made it, as before an interrupted `up` or a lost state", async () => {
    there();
    await resource().create("", state());
    assert.equal(api.applied.length, 1);
  });

  it("is refused when this stack has not made it, and left as it is", async () => {
    there({ labels: {} });
    await assert.rejects(resource().create("", state()), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /namespace space that this stack has not made\.\n.*config set namespace/);
      return true;
    });
    assert.deepEqual(api.applied, []);
  });

  it("waits until the old one is gone", async () => {
    there({ deletionTimestamp: "2026-01-02T03:04:05Z" });
    setTimeout(() => api.objects.delete(""), 700);
    await resource().update("", state(), state({ life: "life-1.1" }));
    assert.ok(progress.includes("waiting until the old one is gone"));
    assert.equal(api.applied.length, 1);
  });

  it("ends its waiting when the user cancels", async () => {
    there({ deletionTimestamp: "2026-01-02T03:04:05Z" });
    setTimeout(() => cancellation.abort(), 100);
    await assert.rejects(resource().update("", state(), state({ life: "life-1.1" })), /interrupted/);
    assert.deepEqual(api.applied, []);
  });

  it("says what holds one that does not go", async () => {
    const message = "Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances";
    there(
      { deletionTimestamp: "2026-01-02T03:04:05Z" },
      { conditions: [{ type: "NamespaceFinalizersRemaining", status: "True", message }] },
    );
    const now = Date.now;
    let time = now();
    // A minute at each look.
    Date.now = () => (time += 60_000);
    try {
      await assert.rejects(resource().update("", state(), state({ life: "life-1.1" })), (error) => {
        assert.ok(error instanceof UserError);
        assert.match(error.message, /namespace space .*example\.com\/hold in 1 resource.*\n.*npx pulumi up/);
        return true;
      });
    } finally {
      Date.now = now;
    }
  });

  it("is deleted", async () => {
    there();
    await resource().delete("", state());
    assert.deepEqual(api.deleted, [""]);
  });

  describe("under another name", () => {
    const agreed = { [agreementVariable]: "cluster/todo/life-1 namespace/space/life-1" };
    const lost =
      /^A change of namespace starts with an empty database: all data in the namespace space of todo will be lost\./;

    beforeEach(() => there());

    it("is refused where nobody has agreed to lose the data, before anything is changed", async () => {
      for (const env of [{}, { [agreementVariable]: "namespace/space/life-2 namespace/other/life-1" }]) {
        const namespace = resource(env);
        await namespace.check("", state(), inputs({ holder: { isPreview: false, contents: whatever, toType } }));
        await assert.rejects(namespace.diff("", state(), state({ name: "other" })), (error) => {
          assert.ok(error instanceof UserError);
          assert.match(error.message, lost);
          assert.match(error.message, /npm run backup\.\n.*TODO_STACK_LOSE=namespace\/space\/life-1 /);
          return true;
        });
      }
      assert.deepEqual(api.deleted, []);
    });

    it("is replaced when a person has agreed to exactly that", async () => {
      assert.deepEqual((await resource(agreed).diff("", state(), state({ name: "other" }))).replaces, ["name"]);
      await resource(agreed).delete("", state());
      assert.deepEqual(api.deleted, [""]);
    });

    it("is previewed with a warning", async () => {
      const namespace = resource();
      await namespace.check("", state(), inputs({ holder: { isPreview: true, contents: whatever } }));
      assert.deepEqual((await namespace.diff("", state(), state({ name: "other" }))).replaces, ["name"]);
      assert.match(warned.join(), lost);
    });

    it("loses nothing when the old one is gone, or the cluster is a new one", async () => {
      const inNewCluster = state({ name: "other", instance: "life-2" });
      assert.deepEqual((await resource().diff("", state(), inNewCluster)).replaces, ["name"]);
      api.objects.clear();
      assert.deepEqual((await resource().diff("", state(), state({ name: "other" }))).replaces, ["name"]);
    });
  });

  it("is not deleted by a replacement that no comparison has announced, as by `pulumi up --replace`", async () => {
    there();
    const namespace = resource();
    await namespace.check("", {}, inputs());
    await assert.rejects(namespace.delete("", state()), /all data in the namespace space of todo will be lost/);
    assert.deepEqual(api.deleted, []);
  });

  it("is refused when Pulumi is told to replace it, before anything in it is deleted", async () => {
    there();
    const urn = "urn:pulumi:dev::todo-stack::minikube:index:Namespace::todo-namespace";
    const type = "minikube:index:Namespace";
    await using checkout = await createFixture({
      ".state/.pulumi/stacks/todo-stack/dev.json": JSON.stringify({
        checkpoint: { latest: { resources: [{ urn, type, inputs: state() }] } },
      }),
    });
    const before = process.cwd();
    process.chdir(checkout.path);
    try {
      const lost =
        /^UserError: To replace it starts with an empty database: all data in the namespace space of todo will be/;
      await assert.rejects(resource().check(urn, {}, inputs()), lost);
      const agreed = resource({ [agreementVariable]: "namespace/space/life-1" });
      assert.deepEqual(await agreed.check(urn, {}, inputs()), state({ life: "life-1.1" }));
    } finally {
      process.chdir(before);
    }
  });

  it("is not deleted by a program that does not register it any more, unless a person has agreed", async () => {
    there();
    const deletion = async (env: NodeJS.ProcessEnv): Promise<void> => {
      const namespace = resource(env);
      await namespace.check("other", {}, inputs({ name: "other" }));
      await namespace.delete("", state());
    };
    await assert.rejects(
      deletion({}),
      /^UserError: The program does not register the namespace space any more: all data/,
    );
    assert.deepEqual(api.deleted, []);
    await deletion({ [agreementVariable]: "namespace/space/life-1" });
    assert.deepEqual(api.deleted, [""]);
  });

  it("is left alone when the program registers it by another name", async () => {
    there();
    const namespace = resource({ [agreementVariable]: "namespace/space/life-1" });
    await namespace.check("renamed", {}, inputs());
    await namespace.delete("", state());
    assert.deepEqual(api.deleted, []);
  });

  it("is named in a refusal by its own id, which no later namespace of the same name has", async () => {
    there({ uid: "0123abcd-ef01-2345-6789-abcdef012345" });
    const other = state({ name: "other" });
    await assert.rejects(resource().diff("", state(), other), /TODO_STACK_LOSE=namespace\/space\/0123abcd /);
    const agreed = { [agreementVariable]: "namespace/space/0123abcd" };
    assert.deepEqual((await resource(agreed).diff("", state(), other)).replaces, ["name"]);
    there({ uid: "89abcdef-ef01-2345-6789-abcdef012345" });
    await assert.rejects(resource(agreed).diff("", state(), other), /namespace\/space\/89abcdef /);
  });

  it("tells its state nothing of what the program says about this run alone", async () => {
    const checked = await resource().check("", {}, inputs({ holder: { isPreview: false, contents: whatever } }));
    assert.deepEqual(checked, state());
  });
});

const toType = { keep: "npm run backup", restore: "", keepAtOnce: "", lose: "" };
const whatever = { selector: "", container: "", command: [], backups: { folder: "", prefix: "" } };
