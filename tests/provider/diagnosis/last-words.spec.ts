import assert from "node:assert/strict";
import { Namespace } from "../../../provider/cluster/kubernetes/kubernetes.ts";
import { containerKey } from "../../../provider/diagnosis/diagnosis.ts";
import { failedProbes } from "../../../provider/diagnosis/last-words.ts";
import { FakeApi } from "../fake-api.ts";

describe("what the events of a namespace say of its pods", () => {
  it("names the Secret that a pod cannot mount, and nothing else that it cannot mount yet", async () => {
    const api = await FakeApi.start();
    try {
      const lack = 'secret "todo-backend-0123456789abcdef" not found';
      const mount = (uid: string, message: string): object => ({ involvedObject: { uid }, message });
      const events = [
        mount("uid-1", `MountVolume.SetUp failed for volume "secret" : ${lack}`),
        mount("uid-2", 'MountVolume.SetUp failed for volume "data" : timed out'),
      ];
      api.lists.set("events", () => (api.asked.at(-1)?.includes("FailedMount") === true ? events : []));
      const place = { kubeconfig: api.kubeconfig, context: "todo", home: api.home, namespace: "space" };
      const found = await Namespace.use(place, failedProbes);
      assert.deepEqual([...found], [[containerKey("uid-1"), lack]]);
    } finally {
      await api.stop();
    }
  });
});
