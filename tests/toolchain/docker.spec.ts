import assert from "node:assert/strict";
import { chmod } from "node:fs/promises";
import process from "node:process";
import { createFixture } from "fs-fixture";
import { dockerStep } from "../../toolchain/tools/docker.ts";

const path = process.env.PATH;

describe("Docker", () => {
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

  it("is there if its engine answers", async () => {
    await withDocker("echo 28.5.2", async () => {
      assert.equal(await dockerStep().isDone(), true);
    });
  });

  it("must be started if its engine does not", async () => {
    await withDocker("echo Cannot connect to the daemon >&2; exit 1", async () => {
      assert.equal(await dockerStep().isDone(), false);
      await assert.rejects(
        dockerStep().run(() => undefined),
        {
          name: "ToolchainError",
          message:
            "Docker does not answer: Cannot connect to the daemon.\n  Start Docker Desktop, or the docker service, and see that `docker version` names a server.",
        },
      );
    });
  });

  it("must be installed if it is not there", async () => {
    process.env.PATH = "/does/not/exist";
    assert.equal(await dockerStep().isDone(), false);
    await assert.rejects(
      dockerStep().run(() => undefined),
      /Docker is missing\.\n.*https:\/\/docs\.docker\.com/,
    );
  });
});
