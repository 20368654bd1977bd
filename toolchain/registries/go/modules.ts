import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { environment } from "../../environment.ts";
import { fillInPlace } from "../../in-place.ts";
import { toolFolder } from "../../paths.ts";
import { run } from "../../run.ts";
import type { Step } from "../../step.ts";
import { existsSync } from "node:fs";
import { versions } from "../../tools/versions.ts";
import { goCommand } from "./go.ts";

type Report = (line: string) => void;

/** A program, or several of one module, that is built from Go modules. Its go.mod and go.sum are in the folder of its name. */
interface GoModule {
  /** The executables it gives, by the package that holds their `main`. */
  binaries: Record<string, string>;
  /** Variables that the linker sets, because that is where the program's version comes from. */
  variables?: Record<string, string>;
  /** Arguments of `go build` beside those that every build has. */
  flags?: string[];
  /** Needs a C compiler. */
  cgo?: boolean;
}

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
    variables: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${pulumi}` },
  },
  minikube: {
    binaries: { minikube: "k8s.io/minikube/cmd/minikube" },
    variables: {
      "k8s.io/minikube/pkg/version.version": `v${minikube}`,
      "k8s.io/minikube/pkg/version.isoVersion": "v1.38.0",
      "k8s.io/minikube/pkg/version.storageProvisionerVersion": "v5",
    },
    // Without libvirt on this machine, the driver of that name must be looked up when it is used.
    flags: ["-tags=libvirt_dlopen"],
    cgo: true,
  },
  helm: {
    binaries: { helm: "helm.sh/helm/v3/cmd/helm" },
    variables: {
      "helm.sh/helm/v3/internal/version.version": `v${helm}`,
      "helm.sh/helm/v3/internal/version.metadata": "",
      "helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor": "1",
      "helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor": "35",
      "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor": "1",
      "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor": "35",
    },
  },
  kubernetes: {
    binaries: Object.fromEntries(kubernetesBinaries.map((name) => [name, `k8s.io/kubernetes/cmd/${name}`])),
    variables: {
      ...kubernetesVersion("k8s.io/component-base/version"),
      ...kubernetesVersion("k8s.io/client-go/pkg/version"),
    },
  },
  etcd: { binaries: { etcd: "go.etcd.io/etcd/server/v3" } },
  coredns: { binaries: { coredns: "github.com/coredns/coredns" } },
  "cri-dockerd": {
    binaries: { "cri-dockerd": "github.com/Mirantis/cri-dockerd" },
    variables: { "github.com/Mirantis/cri-dockerd/cmd/version.Version": versions["cri-dockerd"] },
  },
  crictl: {
    binaries: { crictl: "github.com/kubernetes-sigs/cri-tools/cmd/crictl" },
    variables: { "github.com/kubernetes-sigs/cri-tools/pkg/version.Version": `v${crictl}` },
  },
  "kube-router": {
    binaries: { "kube-router": "github.com/cloudnativelabs/kube-router/cmd/kube-router" },
    variables: { "github.com/cloudnativelabs/kube-router/pkg/version.Version": `v${versions["kube-router"]}` },
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

/** The name of a module, of its folder here and of its version. */
export type GoModuleName = keyof typeof goModules;

/** The step that builds a module and keeps its executables by version. */
export const goStep = (name: GoModuleName): Step => {
  const folder = toolFolder(name, versions[name]);
  return {
    title: `${name} ${versions[name]}, from Go modules`,
    isDone: () => Promise.resolve(existsSync(folder)),
    run: async (report) => {
      await fillInPlace(folder, (draft) => buildGoModule(name, draft, report));
    },
  };
};

/**
 * Builds all executables of a module into `folder/bin`. What was compiled stays in Go's own cache, so that an interrupted
 * build goes on where it was.
 */
export const buildGoModule = async (name: GoModuleName, folder: string, report: Report): Promise<void> => {
  const module: GoModule = goModules[name];
  const bin = join(folder, "bin");
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
      ...["-o", output, ...built.map(([, pkg]) => pkg)],
    ],
    {
      cwd: join(import.meta.dirname, name),
      env: {
        ...environment(),
        CGO_ENABLED: module.cgo === true ? "1" : "0",
        GOFLAGS: "-mod=readonly -buildvcs=false",
        GOTOOLCHAIN: "local",
        GOWORK: "off",
      },
      report: (line) => {
        compiled += line.startsWith("go: downloading") ? 0 : 1;
        report(line.startsWith("go: ") ? line.slice(4) : `${compiled} packages compiled`);
      },
    },
  );
};
