import type { KubernetesObject } from "@kubernetes/client-node";
import { versions } from "../../../versions.ts";

/** Its image. */
export const image = `traefik:v${versions.traefik}`;
/** The name of its pod, and of the namespace that it has for itself. */
export const name = "todo-ingress";
/** Where it listens. */
export const ports = { http: 8000, https: 8443 };

/**
 * The controller and the least that it needs, in the order in which it is made.
 * @param watched the namespace whose Ingresses it reads.
 * @param node on which it runs; whichever Kubernetes chooses without one.
 */
export function objects(watched: string, key: string, certificate: string, node?: string): KubernetesObject[] {
  const rbac = "rbac.authorization.k8s.io/v1";
  const role = (kind: string) => ({ apiGroup: "rbac.authorization.k8s.io", kind, name });
  const subjects = [{ kind: "ServiceAccount", name, namespace: name }];
  const read = (apiGroups: string, ...resources: string[]) => ({
    apiGroups: [apiGroups],
    resources,
    verbs: ["list", "watch"],
  });
  const manifests: (KubernetesObject & Record<string, unknown>)[] = [
    {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace: name } },
    {
      apiVersion: rbac,
      kind: "ClusterRole",
      metadata: { name },
      rules: [read("networking.k8s.io", "ingressclasses")],
    },
    { apiVersion: rbac, kind: "ClusterRoleBinding", metadata: { name }, subjects, roleRef: role("ClusterRole") },
    {
      apiVersion: rbac,
      kind: "Role",
      metadata: { name, namespace: watched },
      rules: [
        read("", "services", "secrets"),
        read("discovery.k8s.io", "endpointslices"),
        read("networking.k8s.io", "ingresses"),
      ],
    },
    { apiVersion: rbac, kind: "RoleBinding", metadata: { name, namespace: watched }, subjects, roleRef: role("Role") },
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "IngressClass",
      metadata: { name: "nginx" },
      spec: { controller: "k8s.io/ingress-nginx" },
    },
    {
      apiVersion: "v1",
      kind: "Secret",
      type: "kubernetes.io/tls",
      metadata: { name: "todo-tls", namespace: watched },
      stringData: { "tls.key": key, "tls.crt": certificate },
    },
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: name }, data: { "retry.yaml": retry } },
    { apiVersion: "v1", kind: "Pod", metadata: { name, namespace: name }, spec: podSpec(watched, node) },
  ];
  return manifests;
}

/**
 * A pod that cannot be connected to is left for another, as ingress-nginx does without being told. An attempt may meet
 * the same pod again: of three pods one that is lost is met by all of four attempts once in 81 times.
 */
const retry = `
http:
  middlewares:
    retry: { retry: { attempts: 10, initialInterval: 100ms } }
`;

const podSpec = (watched: string, node: string | undefined) => ({
  nodeName: node,
  serviceAccountName: name,
  securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: "RuntimeDefault" } },
  containers: [
    {
      name: "traefik",
      image,
      args: [
        `--entryPoints.web.address=:${ports.http}`,
        `--entryPoints.websecure.address=:${ports.https}`,
        "--entryPoints.websecure.http.tls=true",
        "--providers.file.filename=/settings/retry.yaml",
        "--entryPoints.websecure.http.middlewares=retry@file",
        "--providers.kubernetesIngressNGINX=true",
        `--providers.kubernetesIngressNGINX.watchNamespace=${watched}`,
        // A connection that a policy swallows is given up soon.
        "--serversTransport.forwardingTimeouts.dialTimeout=1s",
        // A request over a connection that is kept would wait for a pod whose node is lost.
        "--serversTransport.maxIdleConnsPerHost=-1",
        "--global.checkNewVersion=false",
        "--global.sendAnonymousUsage=false",
      ],
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      },
      volumeMounts: [{ name: "settings", mountPath: "/settings", readOnly: true }],
    },
  ],
  volumes: [{ name: "settings", configMap: { name } }],
});
