import { buildGoModule } from "../../offline/registries/go/modules.ts";
import type { Tool } from "../../machine/tool-download.ts";
import { versions } from "../../versions.ts";

const base = "https://github.com";

/** Runs the chart's own suites: helm-unittest, by the name of its executable, which says no version. */
export const untt: Tool = {
  name: "untt",
  version: versions.untt,
  accepts: versions.untt,
  versionArguments: ["--version"],
  release: ({ os, arch }) => {
    const releases = `${base}/helm-unittest/helm-unittest/releases/download/v${versions.untt}`;
    const system = os === "darwin" ? "macos" : os;
    return {
      url: `${releases}/helm-unittest-${system}-${arch}-${versions.untt}.tgz`,
      checksums: `${releases}/helm-unittest-checksum.sha`,
      folder: ".",
      executable: `untt-${system}-${arch}`,
    };
  },
  fromRegistries: (folder, report) => buildGoModule("untt", folder, report),
  compiles: true,
  manual: "https://github.com/helm-unittest/helm-unittest#install",
};

/** Checks manifests against the schemas of a Kubernetes API. */
export const kubeconform: Tool = {
  name: "kubeconform",
  version: versions.kubeconform,
  accepts: ">=0.7.0",
  versionArguments: ["-v"],
  release: ({ os, arch }) => {
    const releases = `${base}/yannh/kubeconform/releases/download/v${versions.kubeconform}`;
    return {
      url: `${releases}/kubeconform-${os}-${arch}.tar.gz`,
      checksums: `${releases}/CHECKSUMS`,
      folder: ".",
    };
  },
  fromRegistries: (folder, report) => buildGoModule("kubeconform", folder, report),
  compiles: true,
  manual: "https://github.com/yannh/kubeconform#installation",
};

/** Looks for what experience says about manifests that are valid. */
export const kubeScore: Tool = {
  name: "kube-score",
  version: versions["kube-score"],
  accepts: "^1.20.0",
  versionArguments: ["version"],
  release: ({ os, arch }) => {
    const releases = `${base}/zegl/kube-score/releases/download/v${versions["kube-score"]}`;
    return {
      url: `${releases}/kube-score_${versions["kube-score"]}_${os}_${arch}`,
      checksums: `${releases}/checksums.txt`,
    };
  },
  fromRegistries: (folder, report) => buildGoModule("kube-score", folder, report),
  compiles: true,
  manual: "https://github.com/zegl/kube-score#installation",
};

/** Checks Prometheus' configuration, and tries its alerts. The release has Prometheus in it too. */
export const promtool: Tool = {
  name: "promtool",
  version: versions.promtool,
  accepts: "^3.8.0",
  versionArguments: ["--version"],
  release: ({ os, arch }) => {
    const releases = `${base}/prometheus/prometheus/releases/download/v${versions.promtool}`;
    const name = `prometheus-${versions.promtool}.${os}-${arch}`;
    return { url: `${releases}/${name}.tar.gz`, checksums: `${releases}/sha256sums.txt`, folder: name };
  },
  fromRegistries: (folder, report) => buildGoModule("promtool", folder, report),
  compiles: true,
  manual: "https://prometheus.io/docs/prometheus/latest/installation/",
};
