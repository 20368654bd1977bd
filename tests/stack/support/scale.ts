import { until } from "../../helpers/until.ts";
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
