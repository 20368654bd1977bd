import assert from "node:assert/strict";
import { helmReleaseResource } from "../../../../offline/stand-ins/kubernetes/helm-release.ts";
import { unknown } from "../../../../provider/engine/marks.ts";
import { objectAt, revealAll, secret } from "../../../../offline/stand-ins/properties.ts";
import type { Properties } from "../../../../offline/stand-ins/properties.ts";
import { NotReady } from "../../../../offline/stand-ins/resource-type.ts";
import type { Resource } from "../../../../offline/stand-ins/resource-type.ts";
import { clusterFixture } from "../kubernetes-fixture.ts";
import type { ClusterFixture } from "../kubernetes-fixture.ts";

const urn = "urn:pulumi:dev::p::kubernetes:helm.sh/v3:Release::todo";
const manifest = `
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: todo-backend, namespace: todo }
---
apiVersion: v1
kind: Service
metadata: { name: todo-backend, namespace: todo }
`;

/** Helm with one release, whose revision is in a file, and which starts or ends as `install` and `upgrade` say. */
const helm = ({ version = "0.1.0", install = "exit 0", upgrade = "exit 0", status = "deployed" } = {}): string => `
revision="$(cat "$folder/revision" 2>/dev/null || echo 0)"
case "$1" in
  show) echo "name: todo"; echo "version: ${version}" ;;
  install) echo 1 > "$folder/revision"; ${install} ;;
  upgrade) echo $((revision + 1)) > "$folder/revision"; ${upgrade} ;;
  uninstall) rm "$folder/revision"; echo 'release "todo" uninstalled' ;;
  status)
    [ "$revision" != 0 ] || { echo "Error: release: not found" >&2; exit 1; }
    printf '%s\\n' '${JSON.stringify({ name: "todo", namespace: "todo", info: { status }, config: { a: 1 }, manifest })}' |
      sed "s/^{/{\\"version\\":$revision,/" ;;
  get) echo '{"chart":"todo","version":"${version}","appVersion":"1"}' ;;
esac
`;

describe("stand-ins: helm.v3.Release", () => {
  let fixture: ClusterFixture;
  let release: Resource;
  const wanted: Properties = { name: "todo", namespace: "todo", chart: "./chart", values: { a: 1 }, timeout: 120 };

  const start = async (scripts: Record<string, string>): Promise<void> => {
    fixture = await clusterFixture(scripts);
    release = helmReleaseResource(fixture.cluster, fixture.engine);
  };
  const restart = async (scripts: Record<string, string>): Promise<void> => {
    await fixture.cleanUp();
    await start(scripts);
  };
  beforeEach(() => start({ helm: helm() }));
  afterEach(() => fixture.cleanUp());

  const check = async (news: Properties): Promise<Properties> => (await release.check(urn, {}, news)).inputs;
  const create = async (news = wanted): Promise<Properties> =>
    (await release.create(urn, await check(news), false, 0)).state;
  const callOf = async (command: string): Promise<{ args: string[]; input: string } | undefined> =>
    (await fixture.commands.calls("helm")).find(({ args }) => args[0] === command);

  it("takes its version from the chart", async () => {
    assert.equal((await check({ ...wanted, version: "9.9.9" }))["version"], "0.1.0");
  });

  it("is filled in with the defaults of the official plugin", async () => {
    const { timeout: _timeout, ...rest } = wanted;
    const inputs = await check({ ...rest, compat: "true" });
    assert.equal(inputs["timeout"], 300);
    assert.equal(inputs["skipAwait"], false);
    assert.equal(inputs["description"], "");
    assert.ok(!("compat" in inputs), "what is no input was kept");
  });

  it("does not load its chart while an input is unknown", async () => {
    const inputs = await check({ ...wanted, values: { a: unknown } });
    assert.equal(inputs["version"], "");
    assert.equal(await callOf("show"), undefined);
  });

  it("is refused when its chart cannot be loaded", async () => {
    await restart({ helm: 'echo "Error: path \\"./chart\\" not found" >&2; exit 1' });
    const { failures } = await release.check(urn, {}, wanted);
    const reason = 'path "./chart" not found; check the chart name and repository configuration.';
    assert.deepEqual(failures, [{ property: "chart", reason }]);
  });

  it("is refused with inputs that the stand-in does not know, rather than made otherwise", async () => {
    await assert.rejects(check({ ...wanted, lint: true, postrender: "x" }), /inputs of Release: lint, postrender/);
  });

  it("is installed by helm with the provider's kubeconfig and context, waiting for health", async () => {
    await create({ ...wanted, description: "chart 1234", createNamespace: true });
    assert.deepEqual((await callOf("install"))?.args, [
      ...["install", "todo", "./chart", "--namespace", "todo", "--values=-", "--timeout=120s", "--wait"],
      ...["--description=chart 1234", "--create-namespace", "--kubeconfig", fixture.kubeconfig],
      ...["--kube-context", "todo"],
    ]);
  });

  it("gets its values on standard input, so that no secret is on a command line", async () => {
    await create({ ...wanted, values: { password: secret("hunter2") } });
    assert.deepEqual(JSON.parse((await callOf("install"))?.input ?? ""), { password: "hunter2" });
    assert.ok(!(await fixture.commands.commandLines()).includes("hunter2"));
  });

  it("keeps what was secret in the values secret in the state", async () => {
    const state = await create({ ...wanted, values: { a: secret(1), b: 2 } });
    assert.deepEqual(state["values"], { a: secret(1), b: 2 });
  });

  it("has the outputs of the official plugin", async () => {
    const state = await create();
    assert.deepEqual(state["status"], {
      ...{ appVersion: "1", chart: "todo", name: "todo", namespace: "todo", revision: 1 },
      ...{ status: "deployed", version: "0.1.0" },
    });
    assert.deepEqual(state["resourceNames"], {
      "Deployment.apps/apps/v1": ["todo/todo-backend"],
      "Service/v1": ["todo/todo-backend"],
    });
    assert.deepEqual(state["__inputs"], secret(await check(wanted)));
  });

  it("knows neither status nor names in a preview, and calls nothing", async () => {
    const inputs = await check({ ...wanted, values: { a: unknown } });
    const { state } = await release.create(urn, inputs, true, 0);
    assert.deepEqual([state["status"], state["resourceNames"], state["name"]], [unknown, unknown, "todo"]);
    assert.deepEqual(await release.update(urn, {}, inputs, true), state);
    assert.deepEqual(await fixture.commands.calls("helm"), []);
  });

  it("does not notice an edit of the chart that leaves its version", async () => {
    const state = await create();
    assert.deepEqual(release.diff(state, await check(wanted)).changes, {});
  });

  it("notices another version of the chart", async () => {
    const state = await create();
    await fixture.commands.replace("helm", helm({ version: "0.2.0" }));
    assert.deepEqual(release.diff(state, await check(wanted)).changes, { version: "update" });
  });

  it("notices another value and one that is no longer wanted", async () => {
    const state = await create({ ...wanted, values: { a: 1, b: 2 } });
    assert.deepEqual(release.diff(state, await check({ ...wanted, values: { a: 3 } })).changes, {
      "values.a": "update",
      "values.b": "delete",
    });
  });

  for (const key of ["name", "namespace"])
    it(`is replaced by another ${key}, and not deleted first unless the program says so`, async () => {
      const difference = release.diff(await create(), await check({ ...wanted, [key]: "other" }));
      assert.deepEqual([difference.replaces, difference.deleteBeforeReplace ?? false], [[key], false]);
    });

  it("is upgraded by helm", async () => {
    const state = await create();
    const inputs = await check({ ...wanted, values: { a: 2 }, cleanupOnFail: true });
    const updated = await release.update(urn, state, inputs, false);
    const { args = [] } = (await callOf("upgrade")) ?? {};
    assert.deepEqual(args.slice(0, 9), [
      ...["upgrade", "todo", "./chart", "--namespace", "todo", "--values=-", "--timeout=120s", "--wait"],
      "--cleanup-on-fail",
    ]);
    assert.equal(objectAt(updated, "status")["revision"], 2);
  });

  describe("that does not become healthy", () => {
    const fails = 'echo "Error: INSTALLATION FAILED: context deadline exceeded" >&2; exit 1';

    it("is kept with its new inputs, so that the next up tries again", async () => {
      await restart({ helm: helm({ install: fails, status: "failed" }) });
      const inputs = await check(wanted);
      const error = await create().then(
        () => assert.fail("it succeeded"),
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof NotReady, String(error));
      assert.match(error.message, /"todo\/todo" was created, but failed to initialize .*: context deadline exceeded$/);
      assert.equal(error.id, "todo/todo");
      assert.deepEqual(error.state["__inputs"], secret(inputs));
      assert.equal(objectAt(error.state, "status")["status"], "failed");
    });

    it("is known also when the user has cancelled", async () => {
      await restart({ helm: helm({ install: "sleep 5 & wait; exit 1" }) });
      const inputs = await check(wanted);
      const creation = release.create(urn, inputs, false, 0);
      setTimeout(() => fixture.controller.abort(), 300);
      await assert.rejects(creation, NotReady);
    });

    it("is kept with its new inputs after an upgrade, too", async () => {
      const state = await create();
      await fixture.commands.replace("helm", helm({ upgrade: fails.replace("INSTALLATION", "UPGRADE") }));
      await assert.rejects(release.update(urn, state, await check(wanted), false), NotReady);
    });

    it("is no release at all when helm has refused it", async () => {
      const refuses = 'rm "$folder/revision"; echo "Error: INSTALLATION FAILED: parse error" >&2; exit 1';
      await restart({ helm: helm({ install: refuses }) });
      await assert.rejects(
        create(),
        (error) => !(error instanceof NotReady) && /^Error: parse error/.test(String(error)),
      );
    });

    it("is not taken over when its name is somebody else's", async () => {
      const taken = 'echo "Error: INSTALLATION FAILED: cannot re-use a name that is still in use" >&2; exit 1';
      await restart({ helm: helm({ install: taken }) });
      await assert.rejects(create(), (error) => !(error instanceof NotReady));
    });

    it("is unchanged when helm has refused its upgrade", async () => {
      const state = await create();
      const refuses = 'echo 1 > "$folder/revision"; echo "Error: UPGRADE FAILED: another operation" >&2; exit 1';
      await fixture.commands.replace("helm", helm({ upgrade: refuses }));
      const update = release.update(urn, state, await check(wanted), false);
      await assert.rejects(update, (error) => !(error instanceof NotReady) && /another operation/.test(String(error)));
    });
  });

  it("is uninstalled by helm, waiting as long as it may", async () => {
    await release.delete(urn, "todo/todo", await create(), 0);
    const { args = [] } = (await callOf("uninstall")) ?? {};
    assert.deepEqual(args.slice(0, 6), ["uninstall", "todo", "--namespace", "todo", "--wait", "--timeout=120s"]);
  });

  it("cannot be deleted when it has vanished, as with the official plugin", async () => {
    const state = await create();
    const gone = "uninstall: Release not loaded: todo: release: not found";
    await fixture.commands.replace("helm", `echo "Error: ${gone}" >&2; exit 1`);
    await assert.rejects(release.delete(urn, "todo/todo", state, 0), { message: gone });
  });

  it("is gone after a refresh when it has vanished", async () => {
    const state = await create();
    await fixture.commands.replace("helm", 'echo "Error: release: not found" >&2; exit 1');
    assert.equal(await release.read(urn, "todo/todo", state, {}), undefined);
  });

  it("shows after a refresh the values that somebody else has set", async () => {
    const state = await create();
    await fixture.commands.replace("helm", helm().replaceAll('"a":1', '"a":7'));
    const found = await release.read(urn, "todo/todo", state, {});
    assert.deepEqual(release.diff(found?.state ?? {}, await check(wanted)).changes, { "values.a": "update" });
  });

  it("cannot be made, changed or deleted in a cluster that does not answer", async () => {
    const state = await create();
    const inputs = await check(wanted);
    await restart({ helm: helm(), kubectl: "echo refused >&2; exit 1" });
    const message = /can't (create|update|delete) Helm Release with unreachable cluster/;
    await assert.rejects(release.create(urn, inputs, false, 0), message);
    await assert.rejects(release.update(urn, state, inputs, false), message);
    await assert.rejects(release.delete(urn, "todo/todo", state, 0), message);
    assert.deepEqual(revealAll((await release.create(urn, inputs, true, 0)).state)["name"], "todo");
  });
});
