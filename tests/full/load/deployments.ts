import { until } from "../../helpers/until.ts";
import { stack } from "../../stack/support/stack.ts";

export type Component = "backend" | "frontend";

/** The Deployment of a component. */
export const nameOf = (component: Component): string => `todo-${component}`;

/** Changes a Deployment by JSON Patch. */
export async function patch(component: Component, body: object[]): Promise<void> {
  const { apps, namespace } = stack.cluster;
  await apps.patchNamespacedDeployment({ name: nameOf(component), namespace, body });
}

/** Waits until only pods of the newest revision are there, all of them ready. */
export async function rolledOut(component: Component): Promise<void> {
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
