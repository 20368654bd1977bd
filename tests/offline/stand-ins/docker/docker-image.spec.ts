import assert from "node:assert/strict";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { Daemon } from "../../../../offline/stand-ins/docker/docker-daemon.ts";
import { imageResource } from "../../../../offline/stand-ins/docker/docker-image.ts";
import { unknown } from "../../../../provider/engine/marks.ts";
import { asText, objectAt, secret } from "../../../../offline/stand-ins/properties.ts";
import type { Properties } from "../../../../offline/stand-ins/properties.ts";
import type { Resource } from "../../../../offline/stand-ins/resource-type.ts";
import { FakeCommands } from "../fake-commands.ts";
import { recordingEngine } from "../recording-engine.ts";
import type { RecordingEngine } from "../recording-engine.ts";

const urn = "urn:pulumi:dev::p::docker:index/image:Image::name";
const docker = `
case "$1" in
  --version) echo "Docker version 20.10.24" ;;
  build) echo "#1 [1/1] COPY a /a" >&2; echo "ERROR: failed to solve: exit code: 1" >&2; exit 0 ;;
  image) echo sha256:1234 ;;
  buildx) exit 1 ;;
esac
`;

describe("stand-ins: docker.Image", () => {
  let commands: FakeCommands;
  let fixture: FsFixture;
  let engine: RecordingEngine;
  let image: Resource;
  let wanted: Properties;

  beforeEach(async () => {
    commands = await FakeCommands.create({ docker });
    fixture = await createFixture({ "app/Dockerfile": "FROM scratch", "app/a": "a" });
    engine = recordingEngine();
    const daemon = new Daemon(new AbortController().signal);
    await daemon.connect({ host: "tcp://192.0.2.1:2376", certPath: "/certs" });
    image = imageResource(daemon, engine);
    wanted = {
      imageName: "todo:1",
      skipPush: true,
      build: { context: fixture.getPath("app"), platform: "linux/amd64", args: { A: "1" } },
    };
  });
  afterEach(async () => {
    commands.restore();
    await fixture.rm();
  });

  const check = async (news: Properties): Promise<Properties> => (await image.check(urn, {}, news)).inputs;
  const create = async (news: Properties): Promise<Properties> =>
    (await image.create(urn, await check(news), false, 0)).state;

  it("is checked with the Dockerfile's path and a digest of the context", async () => {
    const build = objectAt(await check(wanted), "build");
    assert.equal(build["dockerfile"], fixture.getPath("app/Dockerfile"));
    assert.match(asText(build["contextDigest"]), /^[0-9a-f]{64}$/);
  });

  it("is not looked for on disk while its context is unknown", async () => {
    const build = objectAt(await check({ ...wanted, build: { context: unknown, platform: "linux/amd64" } }), "build");
    assert.deepEqual(build, { context: unknown, platform: "linux/amd64" });
  });

  it("gets the machine's platform, with advice, when it names none", async () => {
    const build = objectAt(await check({ ...wanted, build: { context: fixture.getPath("app") } }), "build");
    assert.match(asText(build["platform"]), /^linux\/(amd64|arm64)$/);
    assert.match(engine.messages[0]?.message ?? "", /Building your image for linux/);
  });

  it("says where the Dockerfile probably is when it was named relative to the context", async () => {
    const build = { context: fixture.getPath("app"), dockerfile: "./Dockerfile" };
    await assert.rejects(check({ ...wanted, build }), /could not open dockerfile at relative path .* Try setting/);
  });

  for (const { what, inputs, message } of [
    { what: "pushing", inputs: { skipPush: false }, message: /set skipPush to true/ },
    { what: "building in a preview", inputs: { buildOnPreview: true }, message: /leave buildOnPreview out/ },
    { what: "caches of other images", inputs: { build: { cacheFrom: { images: ["x"] } } }, message: /cacheFrom/ },
  ])
    it(`refuses what the stand-in cannot do: ${what}`, async () => {
      await assert.rejects(check({ ...wanted, ...inputs }), message);
    });

  it("is built into the daemon of its provider and no other", async () => {
    process.env["DOCKER_CONTEXT"] = "other";
    process.env["BUILDX_BUILDER"] = "other";
    const state = await create(wanted).finally(() => {
      delete process.env["DOCKER_CONTEXT"];
      delete process.env["BUILDX_BUILDER"];
    });
    const build = (await commands.calls("docker")).find(({ args }) => args[0] === "build");
    const { DOCKER_HOST, DOCKER_CERT_PATH, DOCKER_TLS_VERIFY, DOCKER_CONTEXT, BUILDX_BUILDER, DOCKER_BUILDKIT } =
      build?.env ?? {};
    assert.deepEqual(
      [DOCKER_HOST, DOCKER_CERT_PATH, DOCKER_TLS_VERIFY, DOCKER_CONTEXT, BUILDX_BUILDER, DOCKER_BUILDKIT],
      ["tcp://192.0.2.1:2376", "/certs", "1", undefined, "default", "1"],
    );
    assert.equal(state["repoDigest"], "sha256:1234");
  });

  it("is built as its inputs say", async () => {
    await create(wanted);
    const build = (await commands.calls("docker")).find(({ args }) => args[0] === "build");
    const app = fixture.getPath("app");
    assert.deepEqual(build?.args, [
      ...["build", "--progress=plain", "--file", `${app}/Dockerfile`, "--tag", "todo:1"],
      ...["--platform", "linux/amd64", "--build-arg", "A=1", app],
    ]);
  });

  it("is built by the proxies in its arguments, whose passwords stand on no command line", async () => {
    const proxies = { HTTP_PROXY: "http://me:hush@proxy.example", HTTPS_PROXY: "", NO_PROXY: "127.0.0.1" };
    await create({ ...wanted, build: { ...objectAt(wanted, "build"), args: { A: "1", ...proxies } } });
    const build = (await commands.calls("docker")).find(({ args }) => args[0] === "build");
    const given = build?.args.flatMap((word, index) => (build.args[index - 1] === "--build-arg" ? [word] : []));
    assert.deepEqual(given, ["A=1", "HTTP_PROXY", "HTTPS_PROXY=", "NO_PROXY"]);
    const { HTTP_PROXY, NO_PROXY } = build?.env ?? {};
    assert.deepEqual([HTTP_PROXY, NO_PROXY], [proxies.HTTP_PROXY, proxies.NO_PROXY]);
  });

  it("has the outputs of the official plugin", async () => {
    const { __inputs, ...outputs } = await create(wanted);
    assert.deepEqual(outputs, {
      baseImageName: "todo:1",
      context: fixture.getPath("app"),
      dockerfile: "Dockerfile",
      imageName: "todo:1",
      platform: "linux/amd64",
      registryServer: "",
      repoDigest: "sha256:1234",
    });
    assert.deepEqual(__inputs, secret(await check(wanted)));
  });

  it("shows the lines of the build as progress", async () => {
    await create(wanted);
    assert.ok(engine.progressLines.includes("#1 [1/1] COPY a /a"), engine.progressLines.join("\n"));
  });

  it("fails with the last line of a build that fails", async () => {
    await commands.replace("docker", docker.replace("exit 0", "exit 1"));
    await assert.rejects(create(wanted), { message: "error reading build output: failed to solve: exit code: 1" });
  });

  it("knows no digest in a preview, neither of a new image nor of a changed one", async () => {
    const inputs = await check(wanted);
    assert.deepEqual((await image.create(urn, inputs, true, 0)).state, inputs);
    assert.deepEqual(await image.update(urn, {}, inputs, true), inputs);
    assert.deepEqual(
      (await commands.calls("docker")).filter(({ args }) => args[0] === "build"),
      [],
    );
  });

  it("is unchanged while its inputs are the same: a lost image is not noticed", async () => {
    const state = await create(wanted);
    await commands.replace("docker", "echo 'no such image' >&2; exit 1");
    assert.deepEqual(image.diff(state, await check(wanted)).changes, {});
    assert.deepEqual(await image.read(urn, "todo:1", state, wanted), { id: "todo:1", state, inputs: wanted });
  });

  it("is changed in place, never replaced, by another file or another name", async () => {
    const state = await create(wanted);
    await fixture.writeFile("app/a", "changed");
    const news = await check({ ...wanted, imageName: "todo:2" });
    assert.deepEqual(image.diff(state, news), { changes: { build: "update", imageName: "update" } });
  });

  it("is not taken away when it is deleted", async () => {
    const state = await create(wanted);
    const before = await commands.calls("docker");
    await image.delete(urn, "todo:1", state, 0);
    assert.deepEqual((await commands.calls("docker")).length, before.length);
  });
});
