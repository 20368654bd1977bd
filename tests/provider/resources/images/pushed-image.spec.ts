import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { chmod } from "node:fs/promises";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { Commands } from "../../../../provider/processes/commands.ts";
import { PushedImageResource } from "../../../../provider/resources/images/pushed-image.ts";
import type { PushedImageInputs } from "../../../../provider/resources/images/pushed-image.ts";

/** Has the images in the folder `registry`, and answers of one that it has not as Docker does. */
const docker = `#!/bin/sh
cd "$(dirname "$0")"
echo "$*" >> calls
case "$1 $2" in
  "manifest inspect")
    [ ! -f no-helper ] || { cat no-helper >&2; exit 1; }
    [ ! -f down ] || { echo "dial tcp: lookup ghcr.io: no such host" >&2; exit 1; }
    grep -qxF "$3" registry || { echo "no such manifest: $3" >&2; exit 1; } ;;
  "buildx version") [ ! -f no-buildx ] ;;
  --version*) echo "Docker version $(cat no-buildx), build 1" ;;
  build*)
    [ "$BUILDX_BUILDER" = default ] || exit 9
    ! [ -f broken ] || { echo "failed to solve: it is broken" >&2; exit 1; } ;;
  push*)
    [ ! -f signed-out ] || { echo "denied: permission_denied" >&2; exit 1; }
    echo "$3" >> registry ;;
esac
`;

describe("minikube:index:PushedImage", () => {
  let folder: FsFixture;
  let said: string[];
  let resource: PushedImageResource;
  const image: PushedImageInputs = {
    image: "ghcr.io/acme/todo-backend:0123-amd64",
    context: "./apps/backend",
    platform: "linux/amd64",
    files: { Dockerfile: "a" },
  };
  const calls = (): string[] => {
    const file = folder.getPath("calls");
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  };

  beforeEach(async () => {
    said = [];
    folder = await createFixture({ docker, registry: "" });
    await chmod(folder.getPath("docker"), 0o755);
    const commands = new Commands({ PATH: `${folder.path}:/usr/bin:/bin` }, new AbortController().signal);
    const say = (_urn: string, line: string): void => void said.push(line);
    resource = new PushedImageResource(commands, { inform: say, warn: say, progress: () => undefined });
  });

  afterEach(() => folder.rm());

  it("is built for its platform and pushed when the registry does not have it", async () => {
    await resource.create("", image);
    const build = "build --platform linux/amd64 --build-arg SOURCE_DATE_EPOCH=0 --file ./apps/backend/Dockerfile";
    assert.deepEqual(calls(), [
      `manifest inspect ${image.image}`,
      "buildx version",
      `${build} --tag ${image.image} ./apps/backend`,
      `push --quiet ${image.image}`,
    ]);
  });

  it("is not built when a colleague has pushed it", async () => {
    await folder.writeFile("registry", `${image.image}\n`);
    await resource.create("", image);
    await resource.update("", { ...image, image: "ghcr.io/acme/todo-backend:0000-amd64" }, image);
    assert.deepEqual(calls(), [`manifest inspect ${image.image}`, `manifest inspect ${image.image}`]);
    assert.match(said[0] ?? "", /is in the registry already, and is not built/);
  });

  it("has nothing to do while it is there, and is pushed again when the registry has lost it", async () => {
    await folder.writeFile("registry", `${image.image}\n`);
    assert.deepEqual(await resource.diff("", image, image), { changes: false });
    await folder.writeFile("registry", "");
    assert.deepEqual(await resource.diff("", image, image), { changes: true });
  });

  it("has nothing to do in a preview that cannot ask the registry, or has no Docker at all", async () => {
    await folder.writeFile("down", "");
    assert.deepEqual(await resource.diff("", image, image), { changes: false });
    await folder.rm("docker");
    assert.deepEqual(await resource.diff("", image, image), { changes: false });
  });

  it("is not taken to be missing when the program that signs in to the registry is", async () => {
    await folder.writeFile(
      "no-helper",
      'error getting credentials - err: exec: "docker-credential-desktop": executable file not found in $PATH, out: ``\n',
    );
    assert.deepEqual(await resource.diff("", image, image), { changes: false });
  });

  it("says which files make the difference", async () => {
    const other = { ...image, image: "ghcr.io/acme/todo-backend:4567-amd64", files: { Dockerfile: "b" } };
    assert.deepEqual(await resource.diff("", image, other), { changes: true });
    assert.deepEqual(said, ["Files of the image:\n  ~ Dockerfile"]);
    assert.deepEqual(calls(), []);
  });

  it("says what to type when it cannot be built or pushed", async () => {
    await folder.writeFile("signed-out", "");
    await assert.rejects(resource.create("", image), { message: /cannot be pushed: denied.+docker login ghcr.io$/s });
    await folder.writeFile("broken", "");
    await assert.rejects(resource.create("", image), { message: /cannot be built: failed to solve: it is broken/ });
  });

  it("is not tried to be built by a Docker without the plugin for that, except by one that needs none", async () => {
    await folder.writeFile("no-buildx", "28.2.2");
    await assert.rejects(resource.create("", image), {
      message: /Docker lacks its plugin buildx.+docker-buildx-plugin/s,
    });
    assert.deepEqual(calls(), [`manifest inspect ${image.image}`, "buildx version", "--version"]);
    await folder.writeFile("no-buildx", "20.10.24+dfsg1");
    await resource.create("", image);
    assert.equal(calls().at(-1), `push --quiet ${image.image}`);
  });

  it("stays in the registry when the stack goes", async () => {
    await resource.delete();
    assert.deepEqual(calls(), []);
  });
});
