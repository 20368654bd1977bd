import assert from "node:assert/strict";
import { Daemon } from "../../../../offline/stand-ins/docker/docker-daemon.ts";
import { FakeCommands } from "../fake-commands.ts";

const connect = (settings: Record<string, string>): Promise<void> =>
  new Daemon(new AbortController().signal).connect(settings);

describe("stand-ins: the docker provider's daemon", () => {
  let commands: FakeCommands;
  beforeEach(async () => {
    commands = await FakeCommands.create({ docker: `[ "$DOCKER_HOST" != tcp://dead:1 ]` });
  });
  afterEach(() => commands.restore());

  it("is asked whether it answers as soon as it is known", async () => {
    await connect({ host: "tcp://alive:1" });
    const [call] = await commands.calls("docker");
    assert.equal(call?.env["DOCKER_HOST"], "tcp://alive:1");
  });

  it("that is known and dead fails with the official plugin's words", async () => {
    await assert.rejects(connect({ host: "tcp://dead:1" }), {
      message:
        "docker native provider returned an unexpected error from Configure: failed to connect to any docker daemon",
    });
    assert.equal((await commands.calls("docker")).length, 1, "another daemon was tried");
  });

  it("is looked for at the places of the official plugin when it is told none", async () => {
    const host = process.env["DOCKER_HOST"];
    delete process.env["DOCKER_HOST"];
    await commands.replace("docker", "exit 1");
    await assert.rejects(connect({}), /failed to connect to any docker daemon/);
    if (host !== undefined) process.env["DOCKER_HOST"] = host;
    const hosts = (await commands.calls("docker")).map(({ env }) => env["DOCKER_HOST"]);
    assert.deepEqual(hosts.length, 3);
    assert.equal(hosts[0], "unix:///var/run/docker.sock");
  });

  it("cannot be given certificates as text", async () => {
    await assert.rejects(connect({ host: "tcp://alive:1", caMaterial: "x" }), /"caMaterial": use certPath/);
  });

  describe("with BuildKit", () => {
    const build = async (docker: string): Promise<void> => {
      await commands.replace("docker", docker);
      const path = process.env["PATH"];
      // No other docker of this machine must help out.
      process.env["PATH"] = commands.folder;
      try {
        await new Daemon(new AbortController().signal).build([], true, () => undefined);
      } finally {
        process.env["PATH"] = path;
      }
    };

    it("is used by a docker command that has buildx", () => build('[ "$1" != --version ] || echo "version 28.0"'));

    it("is used by a docker command that is old enough to have it built in", () =>
      build('case "$1" in --version) echo "version 20.10.24" ;; buildx) exit 1 ;; esac'));

    it("is not possible with a newer docker command without buildx, which is said", () =>
      assert.rejects(
        build('case "$1" in --version) echo "version 28.0" ;; buildx) exit 1 ;; esac'),
        /no docker on PATH can use BuildKit: install its buildx plugin/,
      ));
  });
});
