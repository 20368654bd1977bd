import assert from "node:assert/strict";
import { AutoscalingV2Api, KubeConfig } from "@kubernetes/client-node";
import { until } from "../../helpers/until.ts";
import { edits } from "../../stack/support/edits.ts";
import { scale } from "../../stack/support/scale.ts";
import { stack } from "../../stack/support/stack.ts";

describe("autoscaling", function () {
  this.timeout("10m");

  it("H2: the number of pods is the autoscaler's, and a new release leaves it alone", async () => {
    const { copy, cluster } = stack;
    const { apps, namespace } = cluster;
    const { file, text: fixed } = edits.replicas;
    const scaled = (maxReplicas: number): string =>
      fixed.replace("replicas: 1", `replicas: 1, autoscaling: { enabled: true, maxReplicas: ${maxReplicas} }`);
    let now = scaled(2);
    await copy.edit(file, fixed, now);
    try {
      await copy.up();
      // There is no metrics server here, so the test does what the autoscaler does under load.
      await scale("backend", 2);
      await until("the autoscaler knows of both pods", async () => (await autoscaler()).status?.currentReplicas === 2);
      await copy.edit(file, now, (now = scaled(3)));
      await copy.up();
      assert.equal((await autoscaler()).spec.maxReplicas, 3, "there must have been a new release");
      const { spec } = await apps.readNamespacedDeployment({ name: "todo-backend", namespace });
      assert.equal(spec?.replicas, 2, "the release must not take back what the autoscaler has set");
    } finally {
      await copy.edit(file, now, fixed);
      await copy.up();
    }
  });
});

async function autoscaler() {
  const config = new KubeConfig();
  config.loadFromFile(stack.cluster.kubeconfig);
  const { namespace } = stack.cluster;
  const api = config.makeApiClient(AutoscalingV2Api);
  return await api.readNamespacedHorizontalPodAutoscaler({ name: "todo-backend", namespace });
}
