import assert from "node:assert/strict";
import { chmod } from "node:fs/promises";
import process from "node:process";
import { createFixture } from "fs-fixture";
import { stackSteps } from "../../../setup/setup.ts";
import { dockerStep } from "../../../setup/tools/docker-step.ts";

const path = process.env.PATH;

describe("Docker", () => {
  it("is asked for by set-up where the driver of the stack is docker alone", () => {
    const needsDocker = (driver: string): boolean =>
      stackSteps({ driver, monitoring: false }, false).some(({ title }) => title === dockerStep().title);
    assert.deepEqual(["docker", "kvm2", "none"].map(needsDocker), [true, false, false]);
  });

  afterEach(() => {
    process.env.PATH = path;
  });

  /** Sets PATH to a Docker that does what a shell script says. */
  const withDocker = async (script: string, check: () => Promise<void>): Promise<void> => {
    await using folder = await createFixture({ docker: `#!/bin/sh\n${script}\n` });
    await chmod(folder.getPath("docker"), 0o755);
    process.env.PATH = `${folder.path}:/bin`;
    await check();
  };

  const engine = (security: string, folder: string): string =>
    `[ "$1" = context ] && exit 1; echo '8 16777216000 ${security} ${folder}'`;

  it("is there if its engine answers", async () => {
    await withDocker(engine('["name=seccomp,profile=builtin","name=cgroupns"]', "/var/lib/docker"), async () => {
      assert.equal(await dockerStep().isDone(), true);
    });
  });

  for (const [title, script, message] of [
    [
      "started if its engine does not answer",
      "echo Cannot connect to the daemon >&2; exit 1",
      /^Docker does not answer, .*: Cannot connect to the daemon\.\n {2}Install or start Docker until `docker info` works/,
    ],
    [
      "open to the user",
      "echo permission denied while trying to connect to the docker API at unix:///var/run/docker.sock >&2; exit 1",
      /^Docker does not answer, .*permission denied.*\n {2}Your user may not use its socket\. Type: sudo usermod -aG docker \$USER/,
    ],
    [
      "Docker's own, not Podman's command of that name",
      `echo 'Error: template: info:1:2: executing "info" at <.NCPU>: can'"'"'t evaluate field NCPU in type *define.Info' >&2; exit 125`,
      /^Podman answers here in place of Docker.*\n {2}Install Docker: https:/,
    ],
    [
      "Docker's own, not Podman's engine",
      engine('["name=seccomp"]', "/home/user/.local/share/containers/storage"),
      /^Podman answers here in place of Docker.*\n.*unset DOCKER_HOST/,
    ],
    [
      "with root rights",
      engine('["name=seccomp","name=rootless"]', "/home/user/.local/share/docker"),
      /^Docker runs without root rights here \(rootless\).*\n.*docker context use default/,
    ],
    [
      "on this machine",
      "echo ssh://somebody@elsewhere",
      /^Docker's current context leads to another machine, ssh:.*\n {2}Type: docker context use default/,
    ],
  ] as const) {
    it(`must be ${title}`, async () => {
      await withDocker(script, async () => {
        assert.equal(await dockerStep().isDone(), false);
        await assert.rejects(
          dockerStep().run(() => undefined),
          { name: "UserError", message },
        );
      });
    });
  }

  it("must be installed if it is not there", async () => {
    process.env.PATH = "/does/not/exist";
    assert.equal(await dockerStep().isDone(), false);
    await assert.rejects(
      dockerStep().run(() => undefined),
      /Docker is missing: .*\n.*https:\/\/docs\.docker\.com/,
    );
  });
});
