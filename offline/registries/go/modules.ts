import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { toolEnvironment } from "../../../machine/tool-environment.ts";
import { fillInPlace } from "../../../machine/in-place.ts";
import { toolFolder } from "../../../machine/paths.ts";
import { run } from "../../../machine/run.ts";
import type { Step } from "../../../machine/step.ts";
import { commands, versions } from "../../../versions.ts";
import { hashOfFiles } from "../images/hash.ts";
import { goCommand, goEnvironment } from "./go.ts";
import { overlay } from "./overlay.ts";

type Report = (line: string) => void;

/**
 * A program, or several of one module, that is built from Go modules. Its go.mod and go.sum are in the folder of its
 * name.
 */
interface GoModule {
  /** The executables it gives, by the package that holds their `main`. */
  binaries: Record<string, string>;
  /** The folder of go.mod and go.sum, if it is another one: what both compile is then compiled once. */
  folder?: string;
  /** Variables that the linker sets, because that is where the program's version comes from. */
  variables?: Record<string, string>;
  /** Arguments of `go build` beside those that every build has. */
  flags?: string[];
}

/** What a program from which parts are left out says of itself. Which parts, and why, is in docs/decisions/0014. */
const builtHere = "todo-stack";

const { pulumi, minikube, helm, kubernetes, crictl } = versions;
const [major = "", minor = ""] = kubernetes.split(".");

const kubernetesVersion = (pkg: string): Record<string, string> => ({
  [`${pkg}.gitVersion`]: `v${kubernetes}`,
  [`${pkg}.gitMajor`]: major,
  [`${pkg}.gitMinor`]: minor,
  [`${pkg}.gitTreeState`]: "clean",
});

const kubernetesBinaries = [
  ...["kubeadm", "kubelet", "kubectl", "kube-apiserver"],
  ...["kube-controller-manager", "kube-scheduler", "kube-proxy"],
];

/** Every module that can be built, by the name of its folder and of its version. */
export const goModules = {
  pulumi: {
    binaries: { pulumi: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi" },
    variables: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${pulumi}+${builtHere}` },
  },
  minikube: {
    binaries: { minikube: "k8s.io/minikube/cmd/minikube" },
    variables: {
      "k8s.io/minikube/pkg/version.version": `v${minikube}`,
      // Minikube makes a label of its version, in which a plus sign must not be.
      "k8s.io/minikube/pkg/version.gitCommitID": builtHere,
      "k8s.io/minikube/pkg/version.isoVersion": "v1.38.0",
      "k8s.io/minikube/pkg/version.storageProvisionerVersion": "v5",
    },
  },
  helm: {
    binaries: { helm: "helm.sh/helm/v3/cmd/helm" },
    folder: "minikube",
    variables: {
      "helm.sh/helm/v3/internal/version.version": `v${helm}`,
      "helm.sh/helm/v3/internal/version.metadata": "",
      "helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor": "1",
      "helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor": "35",
      "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor": "1",
      "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor": "35",
    },
  },
  // With all that the cluster's node runs and that can be built with the libraries of this Kubernetes.
  kubernetes: {
    binaries: {
      ...Object.fromEntries(kubernetesBinaries.map((name) => [name, `k8s.io/kubernetes/cmd/${name}`])),
      etcd: "./etcd",
      crictl: "sigs.k8s.io/cri-tools/cmd/crictl",
      "kube-router": "github.com/cloudnativelabs/kube-router/cmd/kube-router",
      "storage-provisioner": "./storage-provisioner",
      pause: "./pause",
    },
    variables: {
      ...kubernetesVersion("k8s.io/component-base/version"),
      ...kubernetesVersion("k8s.io/client-go/pkg/version"),
      "sigs.k8s.io/cri-tools/pkg/version.Version": `v${crictl}`,
      "github.com/cloudnativelabs/kube-router/pkg/version.Version": `v${versions["kube-router"]}`,
    },
  },
  coredns: {
    binaries: { coredns: "." },
    variables: { "github.com/coredns/coredns/coremain.GitCommit": builtHere },
  },
  "cri-dockerd": {
    binaries: { "cri-dockerd": "." },
    variables: {
      "github.com/Mirantis/cri-dockerd/cmd/version.Version": versions["cri-dockerd"],
      "github.com/Mirantis/cri-dockerd/cmd/version.GitCommit": builtHere,
    },
  },
  untt: {
    binaries: { untt: "github.com/helm-unittest/helm-unittest/cmd/helm-unittest" },
    variables: { "github.com/helm-unittest/helm-unittest/internal/build.version": versions.untt },
  },
  kubeconform: {
    binaries: { kubeconform: "github.com/yannh/kubeconform/cmd/kubeconform" },
    variables: { "main.version": `v${versions.kubeconform}` },
  },
  "kube-score": {
    binaries: { "kube-score": "github.com/zegl/kube-score/cmd/kube-score" },
    variables: { "main.version": versions["kube-score"] },
  },
  // With Prometheus itself, which is what the cluster runs where its image cannot be pulled.
  promtool: {
    binaries: Object.fromEntries(
      ["prometheus", "promtool"].map((name) => [name, `github.com/prometheus/prometheus/cmd/${name}`]),
    ),
    variables: { "github.com/prometheus/common/version.Version": versions.promtool },
    // Of the ways to find targets the chart uses names alone; the others are the clients of two dozen clouds.
    flags: ["-tags=remove_all_sd,enable_dns_sd"],
  },
  actionlint: {
    binaries: { actionlint: "github.com/rhysd/actionlint/cmd/actionlint" },
    variables: { "github.com/rhysd/actionlint.version": versions.actionlint },
  },
  syft: {
    binaries: { syft: "github.com/anchore/syft/cmd/syft" },
    variables: { "main.version": versions.syft },
  },
  skaffold: {
    binaries: { skaffold: "github.com/GoogleContainerTools/skaffold/v2/cmd/skaffold" },
    variables: { "github.com/GoogleContainerTools/skaffold/v2/pkg/skaffold/version.version": `v${versions.skaffold}` },
  },
  traefik: {
    binaries: { traefik: "github.com/traefik/traefik/v3/cmd/traefik" },
    variables: { "github.com/traefik/traefik/v3/pkg/version.Version": versions.traefik },
  },
} satisfies Record<string, GoModule>;

/** The name of a module and of its version. */
export type GoModuleName = keyof typeof goModules;

/** The folder of a module's go.mod and go.sum, and of our own sources beside them. */
export const goModuleFolder = (name: GoModuleName): string => {
  const { folder = name }: GoModule = goModules[name];
  return join(import.meta.dirname, folder);
};

/** Where the executables of a module are kept once they are built. */
export const goFolder = (name: GoModuleName): string => {
  // A tool is looked for by its version alone.
  if ((commands as readonly string[]).includes(name)) return toolFolder(name, versions[name]);
  // One version is the version of one program, and these are several.
  return toolFolder(name, `${versions[name]}-${hashOfFiles(goModuleFolder(name))}`);
};

/** The step that builds a module and keeps its executables by version. */
export const goStep = (name: GoModuleName): Step => ({
  title: `${name} ${versions[name]}, from Go modules`,
  compiles: true,
  isDone: () => Promise.resolve(existsSync(goFolder(name))),
  run: async (report) => {
    await fillInPlace(goFolder(name), (draft) => buildGoModule(name, draft, report));
  },
});

/**
 * Builds all executables of a module into `folder/bin`. What was compiled stays in Go's own cache, so that an
 * interrupted build goes on where it was.
 */
export const buildGoModule = async (name: GoModuleName, folder: string, report: Report): Promise<void> => {
  const module: GoModule = goModules[name];
  const cwd = goModuleFolder(name);
  const bin = join(folder, "bin");
  const copies = join(folder, "source");
  await mkdir(bin, { recursive: true });
  const variables = Object.entries(module.variables ?? {}).map(([variable, value]) => `-X ${variable}=${value}`);
  let compiled = 0;
  const built = Object.entries(module.binaries);
  // One command for all packages compiles what they share once; `-o FOLDER/` then names each after its package.
  const output = built.length === 1 ? join(bin, built[0]?.[0] ?? name) : `${bin}/`;
  await run(
    `build ${name} ${versions[name]}`,
    await goCommand(),
    [
      // The linker throws away what the compiler would write for debuggers: a tenth of its time.
      ...["build", "-v", "-trimpath", "-gcflags=all=-dwarf=false"],
      ...["-ldflags", ["-s", "-w", ...variables].join(" "), ...(module.flags ?? [])],
      ...(await overlay(cwd, copies)),
      ...["-o", output, ...built.map(([, pkg]) => pkg)],
    ],
    {
      cwd,
      env: { ...toolEnvironment(process.env, "go"), ...goEnvironment },
      mayBeEnded: true,
      report: (line) => {
        compiled += line.startsWith("go: downloading") ? 0 : 1;
        report(line.startsWith("go: ") ? line.slice(4) : `${compiled} packages compiled`);
      },
    },
  );
  await rm(copies, { recursive: true, force: true });
};
