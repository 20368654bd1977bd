import assert from "node:assert/strict";
import { createServer, type Server } from "node:net";
import { once } from "node:events";
import { execa } from "execa";
import { environment } from "../../../machine/tool-environment.ts";
import { dockerTraces } from "../../helpers/cluster/docker-engine.ts";
import { minimalPath } from "../../helpers/pretended/minimal-path.ts";
import { WorkingCopy } from "../../helpers/working-copy.ts";

/** Bad input gets one clear line, and leaves everything as it was. */
describe("what the stack refuses", function () {
  this.timeout("5m");
  let copy: WorkingCopy;

  before(async () => {
    copy = await WorkingCopy.create("refusals", { profile: "todo-refusals", port: "30281", cpus: "2", memory: "2048" });
  });

  afterEach(async () => {
    for (const profile of ["todo-refusals", "todo-foreign"]) {
      assert.deepEqual(await dockerTraces(profile), [], "a refusal must leave Docker as it was");
    }
  });

  after(async () => {
    await copy.succeed("pulumi", ["destroy", "--yes", "--skip-preview", "--stack", "refusals"]);
    await copy.remove();
  });

  /** Runs `up` with one changed setting and expects it to fail with a line that matches. */
  async function refuses(setting: string, line: RegExp, env: Record<string, string> = {}): Promise<void> {
    const [key = "", value = ""] = setting.split("=");
    const old = await copy.pulumi(["config", "get", key, "--stack", "refusals"]);
    await copy.succeed("pulumi", ["config", "set", key, value, "--stack", "refusals"]);
    const result = await copy.pulumi(["up", "--yes", "--skip-preview", "--stack", "refusals"], env);
    if (old.exitCode === 0) await copy.succeed("pulumi", ["config", "set", key, old.stdout, "--stack", "refusals"]);
    else await copy.succeed("pulumi", ["config", "rm", key, "--stack", "refusals"]);
    assert.notEqual(result.exitCode, 0, `up must refuse ${setting}:\n${result.all}`);
    assert.match(result.all, line);
    assert.doesNotMatch(result.all, /^\s+at .+:\d+:\d+\)?$/m, "an error for the user has no stack trace");
  }

  it("a CPU count that is no number", async () => {
    await refuses("cpus=abc", /cpus.*integer/);
  });

  it("more CPUs than the machine has", async () => {
    await refuses("cpus=999", /cpus is 999, but this machine has \d+/);
  });

  it("a setting that does not exist", async () => {
    await refuses("cpu=2", /todo-stack:cpu .*(does not exist|unknown)/i);
  });

  it("a machine without Docker", async () => {
    const bin = await minimalPath(copy.folder);
    await refuses("cpus=2", /docker/i, { PATH: bin });
  });

  it("a port that is taken", async () => {
    const server: Server = createServer().listen(30283, "127.0.0.1");
    await once(server, "listening");
    try {
      await refuses("port=30283", /port 30283 .*(taken|in use)/i);
    } finally {
      server.close();
    }
  });

  it("a container of that name that is not ours", async () => {
    const { stdout: images } = await execa("docker", ["images", "--quiet"], { env: environment() });
    const image = images.split("\n")[0] ?? "";
    await execa("docker", ["create", "--name", "todo-foreign", image, "true"], { env: environment() });
    try {
      await refuses("profile=todo-foreign", /todo-foreign.*(not|another)/i);
      await execa("docker", ["container", "inspect", "todo-foreign"], { env: environment() });
    } finally {
      await execa("docker", ["rm", "todo-foreign"], { env: environment() });
    }
  });
});
