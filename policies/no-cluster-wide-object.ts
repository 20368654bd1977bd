import type { ResourceValidationPolicy } from "@pulumi/policy";
import { isObject } from "../provider/engine/marks.ts";
import { objectsOf, raw } from "./resource-properties.ts";

/** Kinds of which every object belongs to the whole cluster. */
const clusterWide = [
  ...["APIService", "CertificateSigningRequest", "ClusterIssuer", "ClusterRole", "ClusterRoleBinding", "CSIDriver"],
  ...["CustomResourceDefinition", "GatewayClass", "IngressClass", "MutatingWebhookConfiguration", "Namespace", "Node"],
  ...["PersistentVolume", "PriorityClass", "RuntimeClass", "StorageClass", "ValidatingAdmissionPolicy"],
  ...["ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration", "VolumeSnapshotClass"],
];

/**
 * Refuses a chart with objects that are not in its namespace: in a cluster with others they would change what is
 * others'.
 */
export const noClusterWideObject: ResourceValidationPolicy = {
  name: "no-cluster-wide-object",
  description: "Everything that the chart renders is in the namespace of the application.",
  validateResource: ({ type, props }, report) => {
    if (type !== "minikube:index:Manifests") return;
    for (const [name, object] of Object.entries(objectsOf(raw(props)))) {
      const kind = isObject(object) ? object["kind"] : undefined;
      if (typeof kind !== "string" || !clusterWide.includes(kind)) continue;
      report(
        `The chart renders ${name}, which is not in a namespace but belongs to the whole cluster, with all who use it. ` +
          "Take it out of the chart.",
      );
    }
  },
};
