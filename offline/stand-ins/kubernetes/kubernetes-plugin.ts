import { Cluster } from "./kubernetes-access.ts";
import { helmReleaseResource } from "./helm-release.ts";
import { diffKubernetesProvider } from "./kubernetes-config.ts";
import { secretResource } from "./kubernetes-secret.ts";
import { servePlugin } from "../plugin.ts";
import { versionOf } from "../plugin-versions.ts";

await servePlugin((host) => {
  const cluster = new Cluster(host.cancelled);
  return {
    name: "kubernetes",
    version: versionOf("@pulumi/kubernetes"),
    acceptSecrets: true,
    resources: {
      "kubernetes:helm.sh/v3:Release": helmReleaseResource(cluster, host.engine),
      "kubernetes:core/v1:Secret": secretResource(cluster, host.engine),
    },
    configure: (settings) => cluster.configure(settings),
    diffConfig: diffKubernetesProvider,
  };
});
