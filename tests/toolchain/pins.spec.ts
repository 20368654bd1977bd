import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { goBinary } from "../../toolchain/registries/go/binaries.ts";
import { type GoModuleName, goModules } from "../../toolchain/registries/go/modules.ts";
import { versions } from "../../toolchain/tools/versions.ts";

const registries = new URL("../../toolchain/registries/", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, registries), "utf8");

describe("pinned versions", () => {
  for (const name of Object.keys(goModules) as GoModuleName[]) {
    it(`${name} is built at the version in tools/versions.ts`, () => {
      // Prometheus' module has no major version, which its minor one begins with.
      const version = name === "promtool" ? versions[name].replace(/^3\./, "0.3") : versions[name];
      assert.match(read(`go/${name}/go.mod`), new RegExp(`v${version.replaceAll(".", "\\.")}\\b`));
      assert.match(read(`go/${name}/go.sum`), / h1:/, "every module must be pinned by its hash");
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
    assert.deepEqual(folders.map(({ name }) => name).sort(), Object.keys(goModules).sort());
  });

  it("an executable is found by its name", () => {
    assert.match(goBinary("kubelet"), new RegExp(`kubernetes-${versions.kubernetes}/bin/kubelet$`));
    assert.throws(() => goBinary("dockerd"), /no Go module here gives an executable dockerd/);
  });
});
