import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { Commands } from "../../../../provider/processes/commands.ts";
import { ReleaseLook } from "../../../../provider/diagnosis/release-look.ts";
import { ReleasePresenceResource, releaseInState } from "../../../../provider/resources/release/release-presence.ts";
import type {
  ReleasePresenceInputs,
  ReleasePresenceState,
} from "../../../../provider/resources/release/release-presence.ts";
import type { Engine } from "../../../../provider/engine/engine-log.ts";
import { FakeApi } from "../../fake-api.ts";
import type { Revision } from "../../fake-api.ts";

describe("minikube:index:ReleasePresence", () => {
  let api: FakeApi;
  const commands = new Commands({}, new AbortController().signal);
  let said: string[];
  const engine: Engine = { inform: (_urn, line) => said.push(line), warn: () => undefined, progress: () => undefined };
  const resource = new ReleasePresenceResource(engine, {}, commands);

  beforeEach(async () => {
    said = [];
    api = await FakeApi.start();
    api.revisions([{ version: 4, status: "deployed", description: "chart 0123" }]);
  });

  afterEach(() => api.stop());

  const inputs = (changes: Partial<ReleasePresenceInputs> = {}): ReleasePresenceInputs => ({
    release: "todo",
    namespace: "space",
    kubeconfig: api.kubeconfig,
    home: api.home,
    context: "todo",
    instance: "life-1",
    description: "chart ",
    ...changes,
  });
  const state = (changes: Partial<ReleasePresenceState> = {}): ReleasePresenceState => ({
    ...inputs(),
    life: "life-1",
    repairs: 2,
    ...changes,
  });

  it("begins with the life of its namespace, and asks nobody", async () => {
    assert.deepEqual(await resource.check("", {}, inputs()), state({ repairs: 0 }));
    assert.deepEqual(api.asked, []);
  });

  it("leaves a release alone that is as it was left", async () => {
    const checked = await resource.check("", state(), inputs());
    assert.deepEqual(checked, state());
    assert.deepEqual(await resource.diff("", state(), checked), { changes: false });
  });

  const changed: [string, Revision[]][] = [
    ["was rolled back", [{ version: 5, status: "deployed", description: "Rollback to 3" }]],
    ["somebody has upgraded", [{ version: 5, status: "deployed", description: "Upgrade complete" }]],
    [
      "a killed Helm has left half upgraded",
      [
        { version: 4, status: "deployed", description: "chart 0123" },
        { version: 5, status: "pending-upgrade", description: "Preparing upgrade" },
      ],
    ],
  ];
  for (const [what, revisions] of changed) {
    it(`has a release applied again that ${what}`, async () => {
      api.revisions(revisions);
      const checked = await resource.check("", state(), inputs());
      assert.deepEqual(checked, state({ repairs: 3 }));
      assert.deepEqual(await resource.diff("", state(), checked), { changes: true });
    });
  }

  it("says what was released since, for whoever looks for the reason of an update", async () => {
    api.revisions([{ version: 5, status: "deployed", description: "Rollback to 3" }]);
    await resource.check("", state(), inputs());
    assert.deepEqual(said, ["Released since the last `up`, and released over by this: revision 5, Rollback to 3"]);
  });

  it("has a release installed anew that the state has forgotten, over its objects as they run", async () => {
    const urn =
      "urn:pulumi:dev::todo-stack::todo-stack:index:TodoRelease$minikube:index:ReleasePresence::todo-presence";
    const file = ".pulumi/stacks/todo-stack/dev.json";
    await using folder = await createFixture({ [file]: "" });
    const knowing = new ReleasePresenceResource(engine, { PULUMI_BACKEND_URL: `file://${folder.path}` }, commands);
    const check = async (...types: string[]): Promise<ReleasePresenceState> => {
      const resources = types.map((type) => ({ type }));
      await folder.writeFile(file, JSON.stringify({ checkpoint: { latest: { resources } } }));
      return await knowing.check(urn, state(), inputs());
    };
    const own = "minikube:index:ReleasePresence";
    assert.deepEqual(await check(own, "kubernetes:helm.sh/v3:Release"), state());
    const forgotten = await check(own);
    assert.deepEqual(forgotten, state({ life: "life-1/1" }));
    assert.deepEqual(api.deleted, [], "a preview changes nothing");
    await knowing.update(urn, state(), forgotten);
    assert.deepEqual(api.deleted, ["secrets"], "only Helm's records may go");
    await folder.writeFile(file, "{ cut off");
    assert.deepEqual(await knowing.check(urn, state(), inputs()), state(), "who cannot say, has not forgotten");
  });

  const gone: [string, Revision[]][] = [
    ["was uninstalled", []],
    ["was uninstalled and its history kept", [{ version: 4, status: "uninstalled", description: "gone" }]],
    [
      "a killed Helm has left half installed",
      [{ version: 1, status: "pending-install", description: "Initial install underway" }],
    ],
  ];
  for (const [what, revisions] of gone) {
    it(`has a release installed anew that ${what}, again and again`, async () => {
      api.revisions(revisions);
      const checked = await resource.check("", state(), inputs());
      assert.deepEqual(checked, state({ life: "life-1/1" }));
      assert.deepEqual(await resource.diff("", state(), checked), { changes: true });
      assert.equal((await resource.check("", checked, inputs())).life, "life-1/2");
    });
  }

  it("lives anew in a new namespace, however often it was lost in the old one", async () => {
    api.revisions([]);
    const lost = await resource.check("", state({ instance: "life", life: "life" }), inputs({ instance: "life" }));
    // The next life of a namespace is named by its number too.
    const checked = await resource.check("", lost, inputs({ instance: "life.1" }));
    assert.notEqual(checked.life, lost.life, "the release must be replaced with its namespace");
  });

  describe("a look ahead at the release that the state knows", () => {
    const urn = "urn:pulumi:dev::todo-stack::minikube:index:Cluster::todo-cluster";
    const file = ".pulumi/stacks/todo-stack/dev.json";
    let folder: FsFixture;
    let look: ReleaseLook;
    let looking: ReleasePresenceResource;

    beforeEach(async () => {
      const types = ["minikube:index:ReleasePresence", "kubernetes:helm.sh/v3:Release"];
      const resources = types.map((type) => ({ type, inputs: state() }));
      folder = await createFixture({ [file]: JSON.stringify({ checkpoint: { latest: { resources } } }) });
      look = new ReleaseLook();
      looking = new ReleasePresenceResource(engine, env(), commands, look);
      look.begin(Promise.resolve(releaseInState(urn, env())));
      while (api.asked.length === 0) await sleep(5);
      await sleep(50);
    });

    afterEach(() => folder.rm());

    const env = (): NodeJS.ProcessEnv => ({ PULUMI_BACKEND_URL: `file://${folder.path}` });

    /** How often the API was asked for a check. */
    const asked = async (news = inputs(), olds = state()): Promise<number> => {
      const before = api.asked.length;
      await looking.check(urn, olds, news);
      return api.asked.length - before;
    };

    it("counts once", async () => {
      assert.equal(await asked(), 0, "what was seen ahead counts");
      assert.equal(await asked(), 1, "and only once");
    });

    it("counts for the same release alone", async () => {
      assert.equal(await asked(inputs({ namespace: "other" })), 1);
    });

    it("does not count once something was changed", async () => {
      look.forget();
      assert.equal(await asked(), 1);
    });

    it("that has seen nothing is made again", async () => {
      api.lists.set("secrets", [{ metadata: { name: "cannot be read" }, data: { release: "" } }]);
      look.begin(Promise.resolve(releaseInState(urn, env())));
      await sleep(100);
      api.revisions([]);
      const { life } = await looking.check(urn, state(), inputs());
      assert.equal(life, "life-1/1", "the release is gone");
    });
  });

  describe("objects that somebody has edited", () => {
    const service = { apiVersion: "v1", kind: "Service", metadata: { name: "web" }, spec: { port: 80 } };
    const policy = { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name: "deny" }, spec: {} };
    const manifest = `
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { port: 80, mode: 0440 }
---
${JSON.stringify(policy)}`;

    beforeEach(() => {
      api.revisions([{ version: 4, status: "deployed", description: "chart 0123", manifest }]);
      const noted = { managedFields: [], resourceVersion: "7" };
      api.objects.set("services/web", {
        ...service,
        metadata: { name: "web", ...noted },
        // What the server adds is no difference.
        spec: { port: 80, mode: 0o440, clusterIP: "192.0.2.1" },
      });
      api.objects.set("networkpolicies/deny", { ...policy, metadata: { name: "deny", ...noted } });
    });

    it("are left alone while they are as they were released", async () => {
      assert.deepEqual(await resource.check("", state(), inputs()), state());
      assert.deepEqual(said, []);
    });

    it("are only looked at", async () => {
      await resource.check("", state(), inputs());
      const changes = api.asked.filter((line) => line.startsWith("PATCH"));
      assert.equal(changes.length, 2);
      for (const line of changes) assert.match(line, /dryRun=All/);
    });

    it("are put back, and named", async () => {
      api.objects.set("services/web", { ...service, spec: { port: 81 } });
      const checked = await resource.check("", state(), inputs());
      assert.deepEqual(checked, state({ repairs: 3 }));
      assert.match(said.join(), /Changed since the last `up`.*: Service\/web$/);
    });

    it("are made again when they are gone", async () => {
      api.objects.delete("networkpolicies/deny");
      assert.equal((await resource.check("", state(), inputs())).repairs, 3);
      assert.match(said.join(), /NetworkPolicy\/deny$/);
    });
  });

  it("lets Helm take over what this stack has released and does not know any more", async () => {
    const created = await resource.create("", state({ repairs: 0 }));
    assert.equal(created.id, "todo");
    const all = "DELETE /api/v1/namespaces/space/secrets?labelSelector=owner%3Dhelm%2Cname%3Dtodo";
    assert.deepEqual(api.asked, [all], "Helm refuses a name that an old revision has, too");
  });

  it("removes every record of a release that is gone, since Helm refuses the name of an old one", async () => {
    await resource.update("", state(), state({ life: "life-1/1" }));
    assert.equal(api.asked.filter((line) => line.startsWith("DELETE") && line.includes("owner%3Dhelm")).length, 1);
  });

  it("removes the records of what was never finished, and no others", async () => {
    api.revisions([
      { version: 4, status: "deployed", description: "chart 0123" },
      { version: 5, status: "pending-upgrade", description: "Preparing upgrade" },
    ]);
    const news = state({ repairs: 3 });
    assert.deepEqual(await resource.update("", state(), news), news);
    assert.deepEqual(api.deleted, ["secrets/sh.helm.release.v1.todo.v5"]);
  });

  it("starts over in a new namespace, and leaves what is there alone", async () => {
    const checked = await resource.check("", state({ life: "life-1.3" }), inputs({ instance: "life-2" }));
    assert.deepEqual(checked, state({ instance: "life-2", life: "life-2", repairs: 0 }));
    await resource.update("", state(), checked);
    assert.deepEqual(api.asked, []);
  });

  it("takes a release for what it was when the cluster cannot be asked", async () => {
    const kubeconfig = "/nowhere/kubeconfig";
    assert.deepEqual(await resource.check("", state(), inputs({ kubeconfig })), state({ kubeconfig }));
  });
});
