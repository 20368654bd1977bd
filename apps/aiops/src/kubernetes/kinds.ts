import { AppsV1Api, CoreV1Api, NetworkingV1Api, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import type { KubeConfig, KubernetesObject } from "@kubernetes/client-node";
import { asOnTheWire } from "./wire.ts";

/** What can be done with one kind of object. */
export interface Kind {
  read(name: string): Promise<KubernetesObject>;
  /** Changes single fields, by JSON patch. */
  edit(name: string, operations: object[], dryRun: boolean): Promise<KubernetesObject>;
  /** Makes the object, by server-side apply. What another has written there is not overwritten. */
  apply(name: string, object: object, dryRun: boolean): Promise<KubernetesObject>;
}

type Options = ReturnType<typeof setHeaderOptions>;
interface Named {
  name: string;
  namespace: string;
}
type PatchRequest = Named & { body: unknown; fieldManager: string; dryRun?: string };

/** The kinds of objects that may be changed: a closed list, as is that of the Role. */
export const kindsOf = (config: KubeConfig, namespace: string): Record<string, Kind> => {
  const core = config.makeApiClient(CoreV1Api);
  const apps = config.makeApiClient(AppsV1Api);
  const network = config.makeApiClient(NetworkingV1Api);
  const kind = (
    read: (request: Named) => Promise<KubernetesObject>,
    patch: (request: PatchRequest, options: Options) => Promise<KubernetesObject>,
  ): Kind => {
    const send = (name: string, body: object, dryRun: boolean, strategy: string): Promise<KubernetesObject> => {
      return patch(
        {
          name,
          namespace,
          body,
          fieldManager: "todo-aiops",
          ...(dryRun ? { dryRun: "All" } : {}),
        },
        setHeaderOptions("Content-Type", strategy),
      );
    };
    return {
      read: (name) => read({ name, namespace }),
      edit: (name, operations, dryRun) => send(name, operations, dryRun, PatchStrategy.JsonPatch),
      apply: (name, object, dryRun) => send(name, object, dryRun, PatchStrategy.ServerSideApply),
    };
  };
  return {
    Deployment: kind(
      (request) => apps.readNamespacedDeployment(request),
      (request, options) => apps.patchNamespacedDeployment(request, options),
    ),
    StatefulSet: kind(
      (request) => apps.readNamespacedStatefulSet(request),
      (request, options) => apps.patchNamespacedStatefulSet(request, options),
    ),
    Service: kind(
      (request) => core.readNamespacedService(request),
      (request, options) => core.patchNamespacedService(request, options),
    ),
    ConfigMap: kind(
      (request) => core.readNamespacedConfigMap(request),
      (request, options) => core.patchNamespacedConfigMap(request, options),
    ),
    NetworkPolicy: kind(
      async (request) => asOnTheWire(await network.readNamespacedNetworkPolicy(request)),
      async (request, options) => asOnTheWire(await network.patchNamespacedNetworkPolicy(request, options)),
    ),
  };
};
