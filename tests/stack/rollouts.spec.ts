import assert from "node:assert/strict";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { Load } from "./load.ts";
import { until } from "./scale.ts";
import { stack } from "./stack.ts";

/** How often each component is restarted under load; `TODO_STACK_ROLLOUTS=10` for a long look. */
const rollouts = Number(process.env["TODO_STACK_ROLLOUTS"] ?? 2);

describe("rollouts under a steady load", function () {
  this.timeout("30m");

  for (const component of ["backend", "frontend"] as const) {
    it(`P5: ${rollouts} rolling updates of the ${component} lose no request and no write`, async () => {
      const { sent, lost, missing } = await Load.during(async () => {
        await sleep(2_000);
        for (let count = 0; count < rollouts; count += 1) await restart(component);
        await sleep(2_000);
      });
      assert.deepEqual(lost, {}, `of ${sent} requests some were lost`);
      assert.deepEqual(missing, [], "every todo that was confirmed must be there");
    });
  }

  it("P5: evicting one pod after the other, as draining nodes does, loses nothing where there are two of each", async () => {
    // A drain proper needs a second node; this is what it does to the pods, with the chart's own PodDisruptionBudgets.
    const file = "components/todo-release.ts";
    const [backend, frontend] = ["            replicas: 1,", "frontend: { replicas: 1,"];
    const { copy } = stack;
    await copy.edit(file, backend, backend.replace("1", "2"));
    await copy.edit(file, frontend, frontend.replace("1", "2"));
    try {
      await copy.up();
      const { sent, lost, missing } = await Load.during(async () => {
        for (const component of ["backend", "frontend"] as const) {
          for (const name of await stack.cluster.podNames(component)) await evict(component, name);
        }
        await sleep(2_000);
      });
      assert.deepEqual(lost, {}, `of ${sent} requests some were lost`);
      assert.deepEqual(missing, [], "every todo that was confirmed must be there");
    } finally {
      await copy.edit(file, backend.replace("1", "2"), backend);
      await copy.edit(file, frontend.replace("1", "2"), frontend);
      await copy.up();
    }
  });

  it("P5: without the preStop sleep the same load loses requests, so it is what keeps them", async () => {
    const spec = await podSpec("frontend");
    const path = "/spec/template/spec/containers/0/lifecycle";
    await patch("frontend", [{ op: "remove", path }]);
    try {
      await rolledOut("frontend");
      let lost = {};
      for (let count = 0; count < 5 && Object.keys(lost).length === 0; count += 1) {
        ({ lost } = await Load.during(() => restart("frontend")));
      }
      assert.notDeepEqual(lost, {}, "the load must be able to see a rollout that loses requests");
    } finally {
      await patch("frontend", [{ op: "add", path, value: spec.containers[0]?.lifecycle }]);
      await rolledOut("frontend");
    }
  });
});

type Component = "backend" | "frontend";

const nameOf = (component: Component): string => `todo-${component}`;

async function podSpec(component: Component) {
  const { apps, namespace } = stack.cluster;
  const { spec } = await apps.readNamespacedDeployment({ name: nameOf(component), namespace });
  assert.ok(spec?.template.spec !== undefined, `the Deployment of the ${component} must have a pod template`);
  return spec.template.spec;
}

async function patch(component: Component, body: object[]): Promise<void> {
  const { apps, namespace } = stack.cluster;
  await apps.patchNamespacedDeployment({ name: nameOf(component), namespace, body });
}

/** Does what `kubectl rollout restart` does, and waits until the old pod is gone. */
async function restart(component: Component): Promise<void> {
  const path = "/spec/template/metadata/annotations/kubectl.kubernetes.io~1restartedAt";
  await patch(component, [{ op: "add", path, value: new Date().toISOString() }]);
  await rolledOut(component);
}

/** Evicts a pod, and waits until another stands in for it. */
async function evict(component: Component, name: string): Promise<void> {
  const { core, namespace } = stack.cluster;
  await core.createNamespacedPodEviction({ name, namespace, body: { metadata: { name, namespace } } });
  await until(`${name} is gone`, async () => {
    const { items } = await core.listNamespacedPod({ namespace, fieldSelector: `metadata.name=${name}` });
    return items.length === 0;
  });
  await rolledOut(component);
}

/** Waits until only pods of the newest revision are there, all of them ready. */
async function rolledOut(component: Component): Promise<void> {
  const { apps, core, namespace } = stack.cluster;
  await until(`${nameOf(component)} is rolled out`, async () => {
    const { metadata, spec, status } = await apps.readNamespacedDeployment({ name: nameOf(component), namespace });
    const labelSelector = `app.kubernetes.io/component=${component}`;
    const { items } = await core.listNamespacedPod({ namespace, labelSelector });
    return (
      status?.observedGeneration === metadata?.generation &&
      status?.updatedReplicas === spec?.replicas &&
      status?.readyReplicas === spec?.replicas &&
      items.length === spec?.replicas
    );
  });
}
