import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { stack } from "./stack.ts";

/** Sets the number of pods of a component and waits until it is so: all of them ready, or none left. */
export async function scale(component: "backend" | "frontend", replicas: number): Promise<void> {
  const { apps, core, namespace } = stack.cluster;
  const name = `todo-${component}`;
  await apps.patchNamespacedDeployment({
    name,
    namespace,
    body: [{ op: "replace", path: "/spec/replicas", value: replicas }],
  });
  await until(`${name} has ${replicas} pods`, async () => {
    const { status } = await apps.readNamespacedDeployment({ name, namespace });
    const labelSelector = `app.kubernetes.io/component=${component}`;
    const { items } = await core.listNamespacedPod({ namespace, labelSelector });
    return (status?.readyReplicas ?? 0) === replicas && items.length === replicas;
  });
}

/** Asks every half second until the answer is yes, for at most three minutes. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 180_000;
  while (!(await isSo())) {
    assert.ok(Date.now() < deadline, `three minutes passed and it is still not so that ${what}`);
    await sleep(500);
  }
}
