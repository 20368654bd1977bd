import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { stringify } from "yaml";
import { checkout, toolFolder } from "../../machine/paths.ts";
import { installStandIn, pluginNames } from "../../offline/stand-ins/install.ts";
import { versions } from "../../versions.ts";
import { minimalPath } from "../helpers/pretended/minimal-path.ts";
import { ownEnvironment } from "../helpers/pretended/own-environment.ts";
import { FakeApi } from "../provider/fake-api.ts";

const id = "3f2c0a4e-0000-4000-8000-000000000001";
const otherId = "3f2c0a4e-0000-4000-8000-000000000002";
const parts = [
  ...["Pulumi.yaml", "package.json", "index.ts", "config.ts", "versions.ts", "components", "provider", "cli", "data"],
  ...["machine", "offline", "policies", "pulumi", "setup", "state", "apps/allowed-findings.yaml"],
];
const existing = {
  target: "kubernetes",
  context: "todo",
  clusterId: id,
  registry: "ghcr.io/acme",
  host: "todo.example.com",
};

/** Resources of both targets, as type and name. */
const common = [
  "core/v1:Secret todo-backend-secret",
  "core/v1:Secret todo-postgres-secret",
  "helm.sh/v3:Release todo-release",
  "index:Manifests todo-manifests",
  "index:Namespace todo-namespace",
  "index:ReleasePresence todo-presence",
  "index:Rollout todo-rollout",
];

/** Keeps a bucket in a folder, and knows one parameter. */
const aws = `#!/bin/sh
place() { case "$1" in s3://bucket/*) echo "$BUCKET/\${1#s3://bucket/}" ;; *) echo "$1" ;; esac; }
case "$1 $2" in
  "s3 cp") cp "$(place "$3")" "$(place "$4")" ;;
  "ssm get-parameter") echo test ;;
esac
`;

/** What `preview --json` says, as much as is read of it. */
interface Preview {
  steps: { op: string; newState?: { type: string; urn: string } }[];
}

/** `npx pulumi preview` with the real Pulumi, on a machine without Docker, Minikube, Helm, kubectl and any login. */
describe("a preview of either target", function () {
  this.timeout("5m");
  let folder: FsFixture;
  let PATH: string;

  before(async () => {
    const pulumi = toolFolder("pulumi", versions.pulumi);
    assert.ok(existsSync(pulumi), "there is no Pulumi. Type: npm run setup");
    folder = await createFixture({
      "apps/backend/Dockerfile": "FROM scratch",
      "apps/frontend/Dockerfile": "FROM scratch",
      ".state/passphrase": "test\n",
      ".state/pulumi-home/workspaces/.keep": "",
      "home/.keep": "",
      "cache/todo-stack/machine.json": JSON.stringify({ unreachable: ["github.com"] }),
      "cache/todo-stack/tools/.keep": "",
    });
    for (const part of parts) await cp(join(checkout, part), folder.getPath(part), { recursive: true });
    for (const part of ["charts", "node_modules"]) await symlink(join(checkout, part), folder.getPath(part));
    await symlink(pulumi, folder.getPath(`cache/todo-stack/tools/pulumi-${versions.pulumi}`));
    for (const name of pluginNames) await installStandIn(folder.getPath(".state/pulumi-home/plugins"), name);
    PATH = await minimalPath(folder.path);
    await stack("dev", {});
    await stack("prod", existing);
  });

  after(() => folder.rm());

  const pulumi = async (args: string[], env: NodeJS.ProcessEnv = {}) =>
    await execa(process.execPath, [folder.getPath("cli/bin/pulumi.mjs"), ...args, "--non-interactive"], {
      cwd: folder.path,
      env: {
        ...ownEnvironment(),
        PATH,
        HOME: folder.getPath("home"),
        XDG_CACHE_HOME: folder.getPath("cache"),
        ...env,
      },
      extendEnv: false,
      all: true,
      reject: false,
      stdin: "ignore",
    });
  const stack = async (name: string, settings: Record<string, string>): Promise<void> => {
    const config = Object.fromEntries(Object.entries(settings).map(([key, value]) => [`todo-stack:${key}`, value]));
    await writeFile(folder.getPath(`Pulumi.${name}.yaml`), stringify({ config }));
    const { exitCode, all } = await pulumi(["stack", "init", name]);
    assert.equal(exitCode, 0, all);
  };
  /** What a preview plans to create, as type and name; of components and what Pulumi has of its own nothing. */
  const planned = async (name: string): Promise<string[]> => {
    const { exitCode, stdout, all } = await pulumi(["preview", "--json", "--stack", name]);
    assert.equal(exitCode, 0, all);
    const { steps } = JSON.parse(stdout) as Preview;
    assert.ok(
      steps.every(({ op }) => op === "create"),
      all,
    );
    const own = /^(?:pulumi:|todo-stack:|random:)/;
    return steps
      .flatMap(({ newState }) => (newState === undefined || own.test(newState.type) ? [] : [newState]))
      .map(({ type, urn }) => `${type.replace(/^[a-z]+:/, "")} ${urn.split("::").at(-1) ?? ""}`)
      .toSorted();
  };

  it("minikube: plans its cluster, images in that, and nothing of the other target", async () => {
    const own = [
      "index/image:Image todo-backend-image",
      "index/image:Image todo-frontend-image",
      "index:Cluster todo-cluster",
      "index:ControlPlane todo-control-plane",
      "index:ImagePresence todo-backend-presence",
      "index:ImagePresence todo-frontend-presence",
    ];
    assert.deepEqual(await planned("dev"), [...common, ...own].toSorted());
  });

  it("kubernetes: plans every resource without access to the cluster or the registry", async () => {
    const own = [
      "index:ExistingCluster todo-existing-cluster",
      "index:PushedImage todo-backend-image",
      "index:PushedImage todo-frontend-image",
    ];
    assert.deepEqual(await planned("prod"), [...common, ...own].toSorted());
  });

  it("kubernetes: names the images, and warns that the cluster was not asked", async () => {
    const { exitCode, all } = await pulumi(["preview", "--diff", "--stack", "prod"]);
    assert.equal(exitCode, 0, all);
    for (const name of ["backend", "frontend"]) {
      assert.match(all, new RegExp(`ghcr\\.io/acme/todo-${name}:[0-9a-f]{16}-amd64`));
    }
    assert.match(all, /The cluster of context todo cannot be asked: no kubeconfig of yours has a context todo/);
  });

  it("kubernetes: says first which cluster it is about, and refuses one of another id", async () => {
    const api = await FakeApi.start();
    const access = { KUBECONFIG: api.kubeconfig };
    try {
      api.isCluster(id);
      const { exitCode, all } = await pulumi(["preview", "--stack", "prod"], access);
      assert.equal(exitCode, 0, all);
      const cluster = `cluster ${id}, 2 nodes amd64, v1\\.34\\.4, namespace todo, images to ghcr\\.io/acme`;
      assert.match(all, new RegExp(`prod → context todo, https://127\\.0\\.0\\.1:\\d+, ${cluster}`));

      api.isCluster(otherId);
      api.asked.length = 0;
      const refused = await pulumi(["preview", "--stack", "prod"], access);
      assert.notEqual(refused.exitCode, 0, refused.all);
      assert.match(refused.all, /This stack is for another cluster: context todo leads to the cluster/);
      assert.deepEqual([...new Set(api.asked)], ["GET /api/v1/namespaces/kube-system"]);
    } finally {
      await api.stop();
    }
  });

  for (const command of ["refresh", "destroy"]) {
    it(`kubernetes: ${command} asks another cluster for nothing but its id, where all would seem to be gone`, async () => {
      const api = await FakeApi.start();
      try {
        api.isCluster(otherId);
        const args = [command, "--yes", "--skip-preview", "--stack", "prod"];
        const { exitCode, all } = await pulumi(args, { KUBECONFIG: api.kubeconfig });
        assert.notEqual(exitCode, 0, all);
        assert.match(all, /This stack is for another cluster: context todo leads to the cluster/);
        assert.deepEqual(api.asked, ["GET /api/v1/namespaces/kube-system"]);
      } finally {
        await api.stop();
      }
    });
  }

  it("kubernetes: is known to another checkout by the state that examples/deploy keeps in a bucket", async () => {
    const bin = folder.getPath("aws-bin");
    await mkdir(join(bin, "..", "bucket/stacks/todo-stack"), { recursive: true });
    await mkdir(bin, { recursive: true });
    await writeFile(join(bin, "aws"), aws, { mode: 0o755 });
    const state = async (word: string, stack = "prod") =>
      await execa("bash", [join(checkout, "examples/deploy/state.sh"), word], {
        cwd: folder.path,
        env: {
          PATH: `${bin}:${process.env["PATH"] ?? ""}`,
          BUCKET: folder.getPath("bucket"),
          STATE: "s3://bucket",
          PASSPHRASE: "/todo-stack/prod",
          PULUMI_STACK: stack,
        },
        extendEnv: false,
        all: true,
        reject: false,
      });
    const kept = await state("keep");
    assert.equal(kept.exitCode, 0, kept.all);
    for (const part of [".state/.pulumi", ".state/passphrase"]) await folder.rm(part);
    assert.notEqual(
      (await state("fetch", "other")).exitCode,
      0,
      "an empty state must not be taken for that of a stack",
    );
    await folder.rm(".state/.pulumi");
    const fetched = await state("fetch");
    assert.equal(fetched.exitCode, 0, fetched.all);
    const { exitCode, all } = await pulumi(["preview", "--stack", "prod"]);
    assert.equal(exitCode, 0, all);
    assert.notEqual((await pulumi(["preview", "--stack", "dev"])).exitCode, 0, "nothing else comes along");
  });
});
