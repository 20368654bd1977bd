import assert from "node:assert/strict";
import { dirname } from "node:path";
import { unknown } from "../../../../provider/engine/marks.ts";
import { Daemon } from "../../../../offline/stand-ins/docker/docker-daemon.ts";
import { remoteImageResource } from "../../../../offline/stand-ins/docker/docker-remote-image.ts";
import type { Properties } from "../../../../offline/stand-ins/properties.ts";
import type { Resource } from "../../../../offline/stand-ins/resource-type.ts";
import { FakeCommands } from "../fake-commands.ts";
import { recordingEngine } from "../recording-engine.ts";

const urn = "urn:pulumi:dev::p::docker:index/remoteImage:RemoteImage::name";
const present = `case "$1" in version) ;; image) echo sha256:1234 ;; esac`;
const absent = `case "$1" in version) ;; image) echo 'Error: No such image: x' >&2; exit 1 ;; esac`;
const makes = `
case "$1" in
  --version) echo "Docker version 20.10.24" ;;
  buildx) exit 1 ;;
  build) touch "$folder/built" ;;
  image) [ -e "$folder/built" ] && echo sha256:5678 || { echo 'Error: No such image: x' >&2; exit 1; } ;;
esac
`;
const made = {
  "made:1": { program: process.execPath, dockerfile: "/made.Dockerfile" },
  "unbuilt:1": { program: "/not/there", dockerfile: "/made.Dockerfile" },
};

describe("stand-ins: docker.RemoteImage", () => {
  let commands: FakeCommands;
  let image: Resource;
  let pulled: Resource;
  const wanted: Properties = { name: "prom/prometheus:v0.0.0", keepLocally: true };

  beforeEach(async () => {
    commands = await FakeCommands.create({ docker: present });
    const daemon = new Daemon(new AbortController().signal);
    await daemon.connect({ host: "tcp://192.0.2.1:2376", certPath: "/certs" });
    pulled = remoteImageResource(daemon, recordingEngine(), made, true);
    image = remoteImageResource(daemon, recordingEngine(), made, false);
  });
  afterEach(() => commands.restore());

  const create = (inputs: Properties) => image.create(urn, inputs, false, 0);

  it("takes an image that is there as it is, in the daemon of its provider", async () => {
    assert.deepEqual(await create(wanted), {
      id: "sha256:1234prom/prometheus:v0.0.0",
      state: { ...wanted, imageId: "sha256:1234", repoDigest: "" },
    });
    const calls = (await commands.calls("docker")).filter(({ args }) => args[0] === "image");
    assert.deepEqual(
      calls.map(({ args, env }) => [args.at(-1), env["DOCKER_HOST"]]),
      [["prom/prometheus:v0.0.0", "tcp://192.0.2.1:2376"]],
    );
  });

  it("pulls one that is not there where images can be pulled", async () => {
    await commands.replace("docker", makes.replace("build) touch", "pull) touch"));
    const { state } = await pulled.create(urn, { ...wanted, name: "made:1" }, false, 0);
    assert.equal(state["imageId"], "sha256:5678");
    const calls = (await commands.calls("docker")).map(({ args }) => args.join(" "));
    assert.ok(calls.includes("pull made:1"), calls.join("\n"));
    assert.equal(
      calls.some((call) => call.startsWith("build")),
      false,
    );
  });

  it("makes one that is not there of the program that set-up has built, and waits for it", async () => {
    await commands.replace("docker", makes);
    const { state } = await create({ ...wanted, name: "made:1" });
    assert.equal(state["imageId"], "sha256:5678");
    const build = (await commands.calls("docker")).find(({ args }) => args[0] === "build");
    const folder = dirname(process.execPath);
    assert.deepEqual(build?.args, [
      "build",
      "--progress=plain",
      "--file",
      "/made.Dockerfile",
      "--tag",
      "made:1",
      folder,
    ]);
  });

  it("says what to type when that program was not built", async () => {
    await commands.replace("docker", absent);
    const unbuilt = { ...wanted, name: "unbuilt:1" };
    await assert.rejects(create(unbuilt), /what it is made of is not built yet\. Type: npm run setup$/);
  });

  it("says which images can be had here when asked for another", async () => {
    await commands.replace("docker", absent);
    await assert.rejects(
      create(wanted),
      /v0\.0\.0 cannot be pulled here, and only made:1, unbuilt:1 can be made instead/,
    );
  });

  it("does not take a daemon that fails for one without the image", async () => {
    await commands.replace("docker", "echo 'connection refused' >&2; exit 1");
    await assert.rejects(create(wanted), /connection refused/);
  });

  it("asks nobody in a preview", async () => {
    await commands.replace("docker", "exit 1");
    const state = { ...wanted, imageId: unknown, repoDigest: unknown };
    assert.deepEqual(await image.create(urn, wanted, true, 0), { id: "", state });
  });

  it("is replaced by another name, and unchanged by the same", async () => {
    const { state } = await create(wanted);
    assert.deepEqual(image.diff(state, wanted), { changes: {}, replaces: [] });
    const other = { ...wanted, name: "prom/prometheus:v0.0.1" };
    assert.deepEqual(image.diff(state, other), { changes: { name: "update" }, replaces: ["name"] });
  });

  it("is found gone when it is read", async () => {
    const { id, state } = await create(wanted);
    assert.deepEqual(await image.read(urn, id, state, wanted), { id, state, inputs: wanted });
    await commands.replace("docker", absent);
    assert.equal(await image.read(urn, id, state, wanted), undefined);
  });

  it("stays in the daemon when it is deleted", async () => {
    const { id, state } = await create(wanted);
    const before = (await commands.calls("docker")).length;
    await image.delete(urn, id, state, 0);
    assert.equal((await commands.calls("docker")).length, before);
  });

  for (const [what, inputs, message] of [
    ["removing it", { name: "a:1" }, /set keepLocally to true/],
    ["building it", { ...wanted, build: { context: "." } }, /does not know build/],
  ] as const) {
    it(`refuses what the stand-in cannot do: ${what}`, () => {
      assert.throws(() => image.check(urn, {}, inputs), message);
    });
  }
});
