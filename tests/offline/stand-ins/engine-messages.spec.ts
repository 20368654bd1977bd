import assert from "node:assert/strict";
import { symlink } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { execa, ExecaError } from "execa";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { environment } from "../../../machine/tool-environment.ts";
import { checkout } from "../../../machine/paths.ts";
import { installStandIn, pluginNames } from "../../../offline/stand-ins/install.ts";
import { FakeCommands } from "./fake-commands.ts";

const program = `
import * as pulumi from "@pulumi/pulumi";
import { Image, Provider as Docker } from "@pulumi/docker";
import * as kubernetes from "@pulumi/kubernetes";
import { RandomPassword } from "@pulumi/random";

const config = new pulumi.Config();
const password = new RandomPassword("password", { length: 32, special: false });
const host = config.getBoolean("hostIsUnknown") ? password.id.apply(() => "tcp://dead:1") : config.require("host");
const docker = new Docker("docker", { host });
const build = { context: "app", platform: "linux/amd64" };
const image = new Image("image", { imageName: "demo:1", build, skipPush: true }, { provider: docker });
const cluster = new kubernetes.Provider("cluster", { kubeconfig: "kubeconfig", context: "demo" });
const metadata = { name: "secrets", namespace: "demo" };
const stringData = { PASSWORD: password.result };
new kubernetes.core.v1.Secret("secret", { metadata, stringData }, { provider: cluster });
const values = { image: config.getBoolean("hostIsUnknown") ? "none" : image.repoDigest };
new kubernetes.helm.v3.Release("release", { name: "demo", namespace: "demo", chart: "./chart", values }, { provider: cluster });
export const digest = image.repoDigest;
export const secretly = password.result;
`;

const docker = `
[ "$DOCKER_HOST" != tcp://dead:1 ] || exit 1
case "$1" in
  --version) echo "version 20.10" ;;
  buildx) exit 1 ;;
  build) echo built >> "$folder/builds" ;;
  image) echo "sha256:$(wc -l < "$folder/builds" | tr -d ' ')" ;;
esac
`;
const kubectl = `case "$*" in *" apply "*) cp "$call/input" "$folder/object" ;; esac
case "$*" in *raw*) ;; *" apply "*|*" get "*) cat "$folder/object" 2>/dev/null || true ;; esac`;
const status = JSON.stringify({ name: "demo", namespace: "demo", version: 1, info: { status: "deployed" } });
const helm = `case "$1" in
  show|get) echo '{"chart":"demo","version":"0.1.0","appVersion":"1"}' ;;
  status) echo '${status}' ;;
esac`;

const kubeconfig = JSON.stringify({
  contexts: [{ name: "demo", context: { cluster: "demo" } }],
  clusters: [{ name: "demo", cluster: { server: "https://127.0.0.1:1" } }],
});

describe("stand-ins: with the real Pulumi engine", function () {
  this.timeout(120_000);
  let commands: FakeCommands;
  let project: FsFixture;

  before(async function () {
    commands = await FakeCommands.create({ docker, kubectl, helm });
    project = await createFixture({
      "Pulumi.yaml": "name: demo\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
      "package.json": '{ "type": "module", "main": "index.ts" }',
      "index.ts": program,
      "app/Dockerfile": "FROM scratch",
      "chart/Chart.yaml": "name: demo\nversion: 0.1.0\n",
      "chart/templates/a.yaml": "",
      "state/.keep": "",
      kubeconfig,
    });
    const version = await execa("pulumi", ["version"], { reject: false, env: environment() });
    if (version.failed) {
      console.warn("stand-ins: with the real Pulumi engine: skipped, since no pulumi is on PATH");
      this.skip();
    }
    await symlink(join(checkout, "node_modules"), project.getPath("node_modules"));
    for (const name of pluginNames) await installStandIn(project.getPath("home/plugins"), name);
    await pulumi("stack", "init", "dev");
    await pulumi("config", "set", "host", "tcp://alive:1");
  });
  after(async () => {
    commands.restore();
    await project.rm();
  });

  const pulumi = async (...args: string[]): Promise<string> => {
    const { stdout, stderr } = await execa("pulumi", [...args, "--non-interactive"], {
      cwd: project.path,
      env: {
        ...environment(),
        PATH: `${commands.folder}${delimiter}${environment()["PATH"] ?? ""}`,
        PULUMI_HOME: project.getPath("home"),
        PULUMI_BACKEND_URL: `file://${project.getPath("state")}`,
        PULUMI_CONFIG_PASSPHRASE: "test",
        PULUMI_SKIP_UPDATE_CHECK: "1",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "1",
        TODO_STACK_CHECKOUT: checkout,
      },
    });
    return `${stdout}\n${stderr}`;
  };
  const failing = async (...args: string[]): Promise<string> => {
    const error: unknown = await pulumi(...args).then(
      (output) => assert.fail(`it succeeded:\n${output}`),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof ExecaError, String(error));
    return `${String(error.stdout)}\n${String(error.stderr)}`;
  };
  const changesNothing = (output: string): void => assert.match(output, /Resources:\n {4}7 unchanged/, output);

  it("previews everything without calling what only an update needs", async () => {
    const output = await pulumi("preview");
    assert.match(output, /\+ 7 to create/);
    assert.ok(!/ (build|apply|install) /.test(await commands.commandLines()), await commands.commandLines());
  });

  it("says in every operation, once each, what the plugins are", async () => {
    const output = await pulumi("preview");
    for (const name of ["nodejs", "docker", "kubernetes", "random"]) {
      const diagnostics = output.slice(output.indexOf("Diagnostics:"));
      assert.equal(diagnostics.split(`${name}: stand-in for the official plugin`).length - 1, 1, diagnostics);
    }
  });

  it("never asks a daemon whose host is not known yet", async () => {
    await pulumi("config", "set", "hostIsUnknown", "true");
    const output = await pulumi("preview");
    await pulumi("config", "rm", "hostIsUnknown");
    assert.match(output, /docker:index:Image image create/);
  });

  it("fails in a preview already when the daemon is known and dead", async () => {
    await pulumi("config", "set", "host", "tcp://dead:1");
    const output = await failing("preview");
    await pulumi("config", "set", "host", "tcp://alive:1");
    assert.match(output, /unexpected error from Configure: failed to connect to any docker daemon/);
  });

  it("brings everything up, with outputs", async () => {
    const output = await pulumi("up", "--yes", "--skip-preview");
    assert.match(output, /\+ 7 created/);
    assert.match(output, /digest *: "sha256:1"/);
    assert.match(output, /secretly *: \[secret\]/);
  });

  it("keeps secrets out of command lines, outputs and the state's plain text", async () => {
    const [password, output, state] = await Promise.all([
      pulumi("stack", "output", "secretly", "--show-secrets"),
      pulumi("preview", "--diff"),
      pulumi("stack", "export"),
    ]);
    const plain = password.trim();
    assert.match(plain, /^[a-zA-Z0-9]{32}$/);
    for (const text of [output, state, await commands.commandLines()]) {
      assert.ok(!text.includes(plain), "the password is in it");
      assert.ok(!text.includes(Buffer.from(plain).toString("base64")), "the password is in it as base64");
    }
  });

  it("writes valid JSON in a preview", async () => {
    const preview = JSON.parse(await pulumi("preview", "--json")) as { changeSummary: Record<string, number> };
    assert.deepEqual(preview.changeSummary, { same: 7 });
  });

  it("does nothing when nothing has changed: not for a lost image, not for an edited chart", async () => {
    await commands.replace("docker", docker.replace("image)", "image) exit 1; "));
    await project.writeFile("chart/templates/a.yaml", "edited: true");
    const output = await pulumi("up", "--yes", "--skip-preview").finally(() => commands.replace("docker", docker));
    changesNothing(output);
  });

  it("builds a changed image in place, and knows its digest only then", async () => {
    await project.writeFile("app/new.txt", "new");
    const preview = await pulumi("preview", "--diff");
    assert.match(preview, /~ docker:index\/image:Image: \(update\)/);
    assert.match(preview, /image *: "sha256:1" => \[unknown\]/, preview);
    assert.match(await pulumi("up", "--yes", "--skip-preview"), /digest *: "sha256:1" => "sha256:2"/);
  });

  it("destroys everything", async () => {
    assert.match(await pulumi("destroy", "--yes"), /- 7 deleted/);
    assert.match(await commands.commandLines(), /uninstall demo --namespace demo/);
  });
});
