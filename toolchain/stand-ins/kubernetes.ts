import { Cluster } from "./cluster.ts";
import { helmReleaseResource } from "./helm-release.ts";
import { diffKubernetesProvider } from "./kubernetes-config.ts";
import { kubernetesObjectResource } from "./kubernetes-object.ts";
import { servePlugin } from "./provider.ts";
import { versionOf } from "./versions.ts";

await servePlugin((host) => {
  const cluster = new Cluster(host.cancelled);
  return {
    name: "kubernetes",
    version: versionOf("@pulumi/kubernetes"),
    acceptSecrets: true,
    resources: {
      "kubernetes:helm.sh/v3:Release": helmReleaseResource(cluster, host.engine),
      "kubernetes:core/v1:Namespace": kubernetesObjectResource(cluster, host.engine, { namespaced: false }),
      "kubernetes:core/v1:Secret": kubernetesObjectResource(cluster, host.engine, { namespaced: true }),
    },
    configure: (settings) => cluster.configure(settings),
    diffConfig: diffKubernetesProvider,
  };
});
