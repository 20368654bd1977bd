import assert from "node:assert/strict";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { AppImage } from "../../components/app-image.ts";
import { contextFiles, hashOf } from "../../components/build-context/content-hash.ts";
import { MinikubeCluster } from "../../components/minikube-cluster.ts";
import { clusterArgs } from "../helpers/pretended/cluster-args.ts";
import { MockEngine } from "../helpers/pretended/mocks.ts";

const proxies = { HTTP_PROXY: "http://proxy.example:3128", HTTPS_PROXY: "", NO_PROXY: "127.0.0.1" };

describe("AppImage", () => {
  let engine: MockEngine;
  let image: AppImage;
  let folder: FsFixture;

  before(async () => {
    folder = await createFixture({ Dockerfile: "FROM scratch\nCOPY app /", app: "1" });
    engine = await MockEngine.start({
      "minikube:index:Cluster": { instance: "life-1", dockerHost: "tcp://192.0.2.7:2376", dockerCertPath: "/certs" },
      "minikube:index:ImagePresence": { builds: 3, proxies },
    });
    const cluster = new MinikubeCluster("todo", clusterArgs);
    image = new AppImage("todo-backend", { repository: "todo-backend", context: folder.path, cluster });
    await engine.settle();
  });

  after(() => folder.rm());

  it("is named after the content of its build context", () => {
    const hash = hashOf(contextFiles(folder.path));
    assert.match(hash, /^[0-9a-f]{16}$/);
    assert.equal(image.tag, hash);
    assert.equal(image.reference, `todo-backend:${hash}`);
    assert.equal(engine.one("docker:index/image:Image").inputs["imageName"], `todo-backend:${hash}`);
  });

  it("U3: is built in the cluster's daemon for the cluster's platform, and pushed nowhere", () => {
    const { inputs, provider, deletedWith, parent } = engine.one("docker:index/image:Image");
    assert.equal(provider, "todo-docker");
    assert.equal(deletedWith, "todo-docker", "a destroy must not ask a daemon that may be dead");
    assert.equal(parent, "todo-backend");
    assert.equal(inputs["skipPush"], true);
    const { platform, dockerfile, context } = inputs["build"] as Record<string, string>;
    assert.match(platform ?? "", /^linux\/(amd64|arm64)$/);
    assert.equal(context, folder.path);
    assert.equal(dockerfile, `${folder.path}/Dockerfile`);
  });

  it("is built again when it is lost, since the count of builds is an argument of the build, and by the proxies of that time", () => {
    const { inputs } = engine.one("docker:index/image:Image");
    const { args } = inputs["build"] as { args: Record<string, string> };
    assert.deepEqual(args, { BUILDS: "3", SOURCE_DATE_EPOCH: "0", ...proxies });
    assert.deepEqual(engine.one("minikube:index:ImagePresence").inputs, {
      image: image.reference,
      files: JSON.stringify(contextFiles(folder.path)),
      instance: "life-1",
      dockerHost: "tcp://192.0.2.7:2376",
      dockerCertPath: "/certs",
    });
  });
});

describe("AppImage on several nodes", () => {
  it("is copied from the first node to the others once it is built", async () => {
    const folder = await createFixture({ Dockerfile: "FROM scratch" });
    const engine = await MockEngine.start({
      "minikube:index:Cluster": { instance: "life-1", dockerHost: "tcp://192.0.2.7:2376", dockerCertPath: "/certs" },
      "minikube:index:ImagePresence": { builds: 3, proxies },
      "minikube:index:Workers": { names: ["demo-m02"] },
    });
    const cluster = new MinikubeCluster("todo", { ...clusterArgs, nodes: 2 });
    const { reference } = new AppImage("todo-backend", { repository: "todo-backend", context: folder.path, cluster });
    await engine.settle();
    const { inputs, dependencies, parent } = engine.one("minikube:index:CopiedImage");
    assert.deepEqual(inputs, { image: reference, from: "demo", to: ["demo-m02"], instance: "life-1" });
    assert.ok(dependencies.includes("todo-backend-image"), "there is nothing to copy before the build");
    assert.equal(parent, "todo-backend");
    await folder.rm();
  });
});

describe("AppImage in development", () => {
  let engine: MockEngine;
  let folder: FsFixture;
  const build = async (): Promise<AppImage> => {
    engine = await MockEngine.start({
      "minikube:index:Cluster": { instance: "life-1", dockerHost: "tcp://192.0.2.7:2376", dockerCertPath: "/certs" },
      "minikube:index:ImagePresence": { builds: 3 },
    });
    const cluster = new MinikubeCluster("todo", clusterArgs);
    const context = folder.path;
    const image = new AppImage("todo-backend", { repository: "todo-backend", context, cluster, withoutCode: ["src"] });
    await engine.settle();
    return image;
  };

  before(async () => {
    folder = await createFixture({ Dockerfile: "FROM scratch AS development", lock: "1", "src/main.py": "1" });
  });

  after(() => folder.rm());

  it("W1: is the target for development, under a name that no image of production has", async () => {
    const { tag } = await build();
    assert.match(tag, /^development-[0-9a-f]{16}$/);
    const { inputs } = engine.one("docker:index/image:Image");
    assert.equal((inputs["build"] as { target: unknown }).target, "development");
    assert.equal(inputs["imageName"], `todo-backend:${tag}`);
  });

  it("W1: stays as it is when code is edited, and is another one for another lock file", async () => {
    const { tag } = await build();
    await folder.writeFile("src/main.py", "2");
    await folder.writeFile("src/new.py", "1");
    assert.equal((await build()).tag, tag);
    await folder.writeFile("lock", "2");
    assert.notEqual((await build()).tag, tag);
  });
});
