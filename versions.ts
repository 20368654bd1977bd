import packages from "./package.json" with { type: "json" };

/** The pinned version of every tool that set-up may install. */
export const versions = {
  // The CLI and the SDK are released together.
  pulumi: packages.dependencies["@pulumi/pulumi"],
  minikube: "1.38.1",
  kubernetes: "1.34.4",
  helm: "3.20.2",
  uv: "0.13.8",
  hadolint: "2.15.1",
  shellcheck: "0.11.0.1",
  chromium: packages.devDependencies["playwright-core"],
  trivy: "0.70.0",
  syft: "1.52.0",
  // With which `npm run bench` compares. Newer ones are not published as modules.
  skaffold: "2.16.1",
  go: "1.26.8",
  etcd: "3.6.5",
  coredns: "1.12.1",
  "cri-dockerd": "0.4.0",
  crictl: "1.34.0",
  "kube-router": "1.6.1",
  // The executable of helm-unittest.
  untt: "1.1.2",
  kubeconform: "0.8.0",
  "kube-score": "1.20.0",
  actionlint: "1.7.12",
  // Prometheus' own: a release with long-term support. Its module is numbered otherwise: 3.13.5 is v0.313.5.
  promtool: "3.13.5",
  // The ingress controller of the tests. Newer ones need a module that is not published.
  traefik: "3.6.12",
} as const;

/** The tools whose commands are on the PATH of `environment()` once they are installed. */
export const commands = [
  "pulumi",
  "minikube",
  "helm",
  "uv",
  "hadolint",
  "shellcheck",
  "chromium",
  "trivy",
  "syft",
  "skaffold",
  "untt",
  "kubeconform",
  "kube-score",
  "actionlint",
  "promtool",
] as const;
