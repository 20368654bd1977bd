import assert from "node:assert/strict";
import { chmod } from "node:fs/promises";
import { createFixture } from "fs-fixture";
import { kubeconform, kubeScore, promtool, untt } from "../../setup/tools/chart-checkers.ts";
import { helm } from "../../setup/tools/helm-tool.ts";
import { hadolint, shellcheck } from "../../setup/tools/linters.ts";
import { minikube } from "../../setup/tools/minikube-tool.ts";
import { pulumi } from "../../setup/tools/pulumi-tool.ts";
import {
  findChecksum,
  install,
  isOnPath,
  platform,
  type Tool,
  wayTo,
  NoCompiler,
} from "../../machine/tool-download.ts";
import { syft } from "../../setup/tools/syft-tool.ts";
import { trivy } from "../../setup/tools/trivy-tool.ts";
import { uv } from "../../setup/tools/uv-tool.ts";
import { versions } from "../../versions.ts";

/** Puts a program on a PATH of its own that prints a text and ends with a code, and asks whether it will do. */
async function accepts(tool: Tool, printed: string, code = 0): Promise<boolean> {
  await using folder = await createFixture({
    [tool.name]: `#!/bin/sh\ncat <<'END'\n${printed}\nEND\nexit ${code}\n`,
  });
  await chmod(folder.getPath(tool.name), 0o755);
  return await isOnPath(tool, { PATH: `${folder.path}:/usr/bin:/bin` });
}

describe("a tool on PATH", () => {
  for (const [tool, printed, expected] of [
    [pulumi, `v${versions.pulumi}`, true],
    [pulumi, "v3.259.7", true],
    [pulumi, "v3.260.0", false],
    [pulumi, "v3.300.1", false],
    [pulumi, "v3.250.0", false],
    [pulumi, "v4.0.0", false],
    [minikube, "v1.38.1", true],
    [minikube, "v1.37.0", false],
    [helm, "v3.18.0+gcc58e3f", true],
    [helm, "v3.17.9", false],
    [helm, "v4.0.0+g99cd196", false],
    [uv, "uv 0.13.8 (abc123 2026-11-01 x86_64-unknown-linux-gnu)", true],
    [uv, "uv 0.12.0", false],
    [hadolint, "Haskell Dockerfile Linter 2.12.0", true],
    [shellcheck, "ShellCheck - shell script analysis tool\nversion: 0.9.0\nlicense: GPL", true],
    [shellcheck, "ShellCheck - shell script analysis tool\nversion: 0.7.2\nlicense: GPL", false],
    [kubeconform, "v0.8.0", true],
    [kubeScore, "kube-score version: 1.20.0, commit: abc, built: 2025-05-09T14:44:54Z", true],
    [kubeScore, "kube-score version: 1.19.0, commit: abc, built: 2024-05-09T14:44:54Z", false],
    [promtool, "promtool, version 3.13.5 (branch: HEAD, revision: abc)\n  go version: go1.26.8", true],
    [promtool, "promtool, version 2.53.4 (branch: HEAD, revision: abc)", false],
    [trivy, "Version: 0.70.0", true],
    [trivy, "Version: 0.69.4", false],
    [helm, "no version here", false],
  ] as const) {
    it(`${tool.name} that prints ${JSON.stringify(printed)} is ${expected ? "used" : "refused"}`, async () => {
      assert.equal(await accepts(tool, printed), expected);
    });
  }

  it("is refused if it fails", async () => {
    assert.equal(await accepts(helm, "v3.20.2", 1), false);
  });

  it("is missed if it is not there", async () => {
    assert.equal(await isOnPath(helm, { PATH: "/does/not/exist" }), false);
  });
});

describe("the way to a tool", () => {
  const cases: [Tool, string[], string][] = [
    [minikube, [], "release"],
    [minikube, ["github.com"], "registries"],
    // From another place: one host that does not answer has nothing built that can be fetched.
    [helm, ["github.com"], "release"],
    [helm, ["get.helm.sh"], "registries"],
    [trivy, ["github.com"], "hand"],
    // In no place but the registries.
    [hadolint, [], "registries"],
  ];
  for (const [tool, unreachable, expected] of cases) {
    it(`${tool.name}, with ${unreachable.join() || "nothing"} out of reach, is by ${expected}`, () => {
      assert.equal(wayTo(tool, { unreachable }), expected);
    });
  }

  const unserved: Tool = {
    ...helm,
    release: () => ({ url: "http://127.0.0.1:1/helm.tar.gz", checksums: "1".repeat(64), folder: "." }),
  };

  it("goes on by package registries when the release does not arrive, though its place answers", async () => {
    const lines: string[] = [];
    let folder = "";
    const tool: Tool = { ...unserved, fromRegistries: (draft) => Promise.resolve(void (folder = draft)) };
    await install(tool, "/draft", (line) => lines.push(line), { unreachable: [] });
    assert.equal(folder, "/draft");
    assert.match(
      lines.at(-1) ?? "",
      /127\.0\.0\.1:1\/helm\.tar\.gz cannot be downloaded.*made from package registries/,
    );
  });

  it("ends with why the release does not arrive where nothing is there to compile it with", async () => {
    const fromRegistries = () => Promise.reject(new NoCompiler("Go is missing.", "Install it by hand."));
    const work = install({ ...unserved, fromRegistries }, "/draft", () => undefined, { unreachable: [] });
    await assert.rejects(
      work,
      /helm\.tar\.gz cannot be downloaded: .*\n.*Check the network, then run the same command/,
    );
    const broken = () => Promise.reject(new Error("it does not compile"));
    await assert.rejects(
      install({ ...unserved, fromRegistries: broken }, "/draft", () => undefined, { unreachable: [] }),
      /it does not compile/,
    );
  });

  it("ends with how to get it by hand where there is none", async () => {
    const { fromRegistries: _none, ...rest } = unserved;
    const work = install(rest, "/draft", () => undefined, { unreachable: ["127.0.0.1:1"] });
    await assert.rejects(work, {
      name: "UserError",
      message:
        /^helm .* is missing: 127\.0\.0\.1:1 cannot be reached from this machine\.\n {2}Install it by hand: https:/,
    });
  });
});

describe("an official release", () => {
  for (const [os, arch] of [
    ["linux", "amd64"],
    ["linux", "arm64"],
    ["darwin", "amd64"],
    ["darwin", "arm64"],
  ] as const) {
    it(`is pinned for ${os} on ${arch}`, () => {
      for (const tool of [pulumi, minikube, helm, uv, syft, untt, kubeconform, kubeScore, promtool]) {
        const { url, checksums } = tool.release?.({ os, arch }) ?? { url: "", checksums: "" };
        assert.ok(url.startsWith("https://") && url.includes(tool.version), `${tool.name} is not pinned: ${url}`);
        assert.ok(checksums.startsWith("https://"), `${tool.name} has no published checksum`);
      }
    });
  }

  it("of Trivy is compared with checksums that are kept here", () => {
    const sums = (
      [
        ["linux", "amd64"],
        ["linux", "arm64"],
        ["darwin", "amd64"],
        ["darwin", "arm64"],
      ] as const
    ).map(([os, arch]) => trivy.release?.({ os, arch }).checksums ?? "");
    for (const sum of sums) assert.match(sum, /^[0-9a-f]{64}$/);
    assert.equal(new Set(sums).size, 4);
  });

  it("is refused on a platform that has none", () => {
    assert.throws(() => platform("win32", "x64"), /no builds of the tools for win32 on x64.*\n.*WSL 2/);
  });
});

describe("a published checksum", () => {
  const [one, two] = ["1".repeat(64), "2".repeat(64)];
  for (const [title, list, expected] of [
    ["a bare sum", `${one}\n`, one],
    ["a list of several files", `${one}  a.tar.gz\n${two}  b.tar.gz\n`, two],
    ["binary mode", `${two} *b.tar.gz`, two],
    ["a list with folders", `${one} *./dist/a.tar.gz\n${two} *./dist/b.tar.gz`, two],
    ["a list without the file", `${one}  a.tar.gz\n${one}  not-b.tar.gz\n`, undefined],
    ["an error page", "<html>not found</html>", undefined],
  ] as const) {
    it(`is looked for in ${title}`, () => {
      assert.equal(findChecksum(list, "b.tar.gz"), expected);
    });
  }
});
