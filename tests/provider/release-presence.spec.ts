import assert from "node:assert/strict";
import { ReleasePresenceResource } from "../../provider/release-presence.ts";
import type { ReleasePresenceInputs, ReleasePresenceState } from "../../provider/release-presence.ts";
import { FakeApi } from "./fake-api.ts";
import type { Revision } from "./fake-api.ts";

describe("minikube:index:ReleasePresence", () => {
  const resource = new ReleasePresenceResource();
  let api: FakeApi;

  beforeEach(async () => {
    api = await FakeApi.start();
    api.revisions([{ version: 4, status: "deployed", description: "chart 0123" }]);
  });

  afterEach(() => api.stop());

  const inputs = (changes: Partial<ReleasePresenceInputs> = {}): ReleasePresenceInputs => ({
    release: "todo",
    namespace: "space",
    kubeconfig: api.kubeconfig,
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

  it("begins with the life of the cluster, and asks nobody", async () => {
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
      assert.deepEqual(checked, state({ life: "life-1.1" }));
      assert.deepEqual(await resource.diff("", state(), checked), { changes: true });
      assert.equal((await resource.check("", checked, inputs())).life, "life-1.2");
    });
  }

  it("removes the records of what was never finished, and no others", async () => {
    api.revisions([
      { version: 4, status: "deployed", description: "chart 0123" },
      { version: 5, status: "pending-upgrade", description: "Preparing upgrade" },
    ]);
    const news = state({ repairs: 3 });
    assert.deepEqual(await resource.update("", state(), news), news);
    assert.deepEqual(api.deleted, ["secrets/sh.helm.release.v1.todo.v5"]);
  });

  it("starts over in a new cluster, and leaves what is there alone", async () => {
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
