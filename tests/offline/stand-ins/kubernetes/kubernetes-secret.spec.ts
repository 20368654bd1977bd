import assert from "node:assert/strict";
import { secretResource } from "../../../../offline/stand-ins/kubernetes/kubernetes-secret.ts";
import { unknown } from "../../../../provider/engine/marks.ts";
import { objectAt, reveal, secret, textAt } from "../../../../offline/stand-ins/properties.ts";
import type { Properties } from "../../../../offline/stand-ins/properties.ts";
import type { Resource } from "../../../../offline/stand-ins/resource-type.ts";
import { clusterFixture } from "../kubernetes-fixture.ts";
import type { ClusterFixture } from "../kubernetes-fixture.ts";

const urn = "urn:pulumi:dev::p::kubernetes:core/v1:Secret::todo";
const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** An API server that keeps one object, as it was applied last. */
const kubectl = `
case "$*" in
  *--raw=/version*) ;;
  *" get "*) cat "$folder/object" 2>/dev/null || true ;;
  *" apply "*) cp "$call/input" "$folder/object"; cat "$folder/object" ;;
  *" delete "*) rm -f "$folder/object" ;;
esac
`;

describe("stand-ins: Secrets", () => {
  let fixture: ClusterFixture;
  let secrets: Resource;
  const wanted: Properties = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "todo-secrets", namespace: "todo" },
    type: "Opaque",
    stringData: { PASSWORD: secret("hunter2") },
  };

  const start = async (scripts: Record<string, string>, settings?: Record<string, string>): Promise<void> => {
    fixture = await clusterFixture(scripts, settings);
    secrets = secretResource(fixture.cluster, fixture.engine);
  };
  const restart = async (scripts: Record<string, string>, settings?: Record<string, string>): Promise<void> => {
    await fixture.cleanUp();
    await start(scripts, settings);
  };
  beforeEach(() => start({ kubectl }));
  afterEach(() => fixture.cleanUp());

  const check = async (news: Properties, olds: Properties = {}): Promise<Properties> =>
    (await secrets.check(urn, olds, news)).inputs;
  const create = async (news: Properties = wanted): Promise<Properties> =>
    (await secrets.create(urn, await check(news), false, 0)).state;

  it("keep a Secret's text as the server does, and secret", async () => {
    const inputs = await check(wanted);
    assert.deepEqual(inputs["data"], secret({ PASSWORD: base64("hunter2") }));
    assert.equal(inputs["stringData"], undefined);
  });

  it("keep a Secret's text as it is while some of it is unknown", async () => {
    const inputs = await check({ ...wanted, stringData: { PASSWORD: secret(unknown) } });
    assert.deepEqual(inputs["stringData"], secret({ PASSWORD: unknown }));
  });

  it("get a name of their own when they have none, and keep it", async () => {
    const { metadata: _metadata, ...unnamed } = wanted;
    const first = await check(unnamed);
    const name = textAt(objectAt(first, "metadata"), "name");
    assert.match(name ?? "", /^todo-[0-9a-f]{8}$/);
    assert.equal(textAt(objectAt(await check(unnamed, first), "metadata"), "name"), name);
  });

  it("get the provider's namespace when they name none", async () => {
    await restart({ kubectl }, { namespace: "elsewhere" });
    const inputs = await check({ ...wanted, metadata: { name: "x" } });
    assert.equal(objectAt(inputs, "metadata")["namespace"], "elsewhere");
  });

  it("are applied on the server with the provider's kubeconfig and context", async () => {
    await create();
    const call = (await fixture.commands.calls("kubectl")).find(({ args }) => args.includes("apply"));
    assert.deepEqual(call?.args.slice(0, 6), [
      ...["--kubeconfig", fixture.kubeconfig, "--context", "todo"],
      ...["apply", "--server-side"],
    ]);
  });

  it("put secret data on no command line and leave it secret in the state", async () => {
    const state = await create();
    const lines = await fixture.commands.commandLines();
    assert.ok(!lines.includes("hunter2") && !lines.includes(base64("hunter2")), lines);
    assert.deepEqual(state["data"], secret({ PASSWORD: base64("hunter2") }));
    assert.deepEqual(objectAt(state, "__inputs")["data"], state["data"]);
  });

  it("have an ID of namespace and name", async () => {
    assert.equal((await secrets.create(urn, await check(wanted), false, 0)).id, "todo/todo-secrets");
  });

  it("are not taken over when they exist already", async () => {
    await create();
    await assert.rejects(create(), /was not successfully created by the Kubernetes API server: .* already exists/);
  });

  it("are not made in a preview", async () => {
    const inputs = await check(wanted);
    assert.deepEqual(await secrets.create(urn, inputs, true, 0), { id: "", state: inputs });
    assert.deepEqual(await fixture.commands.calls("kubectl"), []);
  });

  it("are unchanged while their inputs are the same", async () => {
    assert.deepEqual(secrets.diff(await create(), await check(wanted)).changes, {});
  });

  for (const { what, settings, news, replaces } of [
    { what: "data", news: { stringData: { PASSWORD: "other" } }, replaces: ["data.PASSWORD"] },
    { what: "type", news: { type: "other" }, replaces: ["type"] },
    {
      what: "data where Secrets may change in place",
      settings: { enableSecretMutable: "true" },
      news: { stringData: { PASSWORD: "other" } },
      replaces: [],
    },
    {
      what: "labels",
      news: { metadata: { name: "todo-secrets", namespace: "todo", labels: { a: "b" } } },
      replaces: [],
    },
  ])
    it(`${replaces.length > 0 ? "are deleted and made again" : "change in place"} for another ${what}`, async () => {
      await restart({ kubectl }, settings ?? {});
      const difference = secrets.diff(await create(), await check({ ...wanted, ...news }));
      assert.deepEqual([difference.replaces, difference.deleteBeforeReplace], [replaces, replaces.length > 0]);
      assert.equal(Object.keys(difference.changes).length, 1);
    });

  it("are made before the old ones are deleted when the name is another", async () => {
    const news = await check({ ...wanted, metadata: { name: "other", namespace: "todo" } });
    const difference = secrets.diff(await create(), news);
    assert.deepEqual([difference.replaces, difference.deleteBeforeReplace], [["metadata.name"], false]);
  });

  it("show after a refresh what somebody else has changed", async () => {
    const state = await create();
    const live = { ...(reveal(state) as Properties), data: { PASSWORD: base64("drifted") }, extra: "x" };
    await fixture.commands.replace("kubectl", `case "$*" in *" get secret"*) echo '${JSON.stringify(live)}' ;; esac`);
    const found = await secrets.read(urn, "todo/todo-secrets", state, objectAt(state, "__inputs"));
    assert.deepEqual(found?.inputs["data"], secret({ PASSWORD: base64("drifted") }));
    assert.equal(found.inputs["extra"], undefined);
  });

  it("are gone after a refresh when they are gone", async () => {
    const state = await create();
    await fixture.commands.replace("kubectl", "");
    assert.equal(await secrets.read(urn, "todo/todo-secrets", state, objectAt(state, "__inputs")), undefined);
  });

  it("are deleted without complaint, waiting for the end, also when they are gone", async () => {
    await secrets.delete(urn, "todo/todo-secrets", await create(), 0);
    const { args = [] } = (await fixture.commands.calls("kubectl")).at(-1) ?? {};
    assert.deepEqual(args.slice(4), [
      ...["delete", "secret", "todo-secrets", "--namespace=todo"],
      ...["--ignore-not-found", "--timeout=600s"],
    ]);
  });

  describe("of a cluster that does not answer", () => {
    const refused = "echo 'The connection was refused' >&2; exit 1";

    it("cannot be made, and nothing else is tried", async () => {
      await restart({ kubectl: refused });
      await assert.rejects(create(), /configured Kubernetes cluster is unreachable: .*The connection was refused/);
      assert.equal((await fixture.commands.calls("kubectl")).length, 1);
    });

    it("can still be previewed", async () => {
      await restart({ kubectl: refused });
      assert.equal((await secrets.create(urn, await check(wanted), true, 0)).id, "");
    });

    it("cannot be refreshed or deleted, and it is said how to forget them", async () => {
      const state = await create();
      await restart({ kubectl: refused });
      const advice = /PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"/;
      await assert.rejects(secrets.read(urn, "todo/todo-secrets", state, {}), advice);
      await assert.rejects(secrets.delete(urn, "todo/todo-secrets", state, 0), advice);
    });

    it("are forgotten when the provider says so", async () => {
      const state = await create();
      await restart({ kubectl: refused }, { deleteUnreachable: "true" });
      assert.equal(await secrets.read(urn, "todo/todo-secrets", state, {}), undefined);
      await secrets.delete(urn, "todo/todo-secrets", state, 0);
    });

    it("fail in the same way when the kubeconfig is gone", async () => {
      await restart({ kubectl }, { kubeconfig: "/nowhere/kubeconfig" });
      await assert.rejects(create(), /failed to parse kubeconfig data .* \/nowhere\/kubeconfig is neither/);
    });

    it("fail in the same way when the kubeconfig does not have the context", async () => {
      await restart({ kubectl }, { context: "missing" });
      await assert.rejects(create(), /context "missing" does not exist/);
    });
  });
});
