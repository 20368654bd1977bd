import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { chartFiles, hashOf } from "../../components/build-context/content-hash.ts";
import { versions } from "../../versions.ts";
import { isSecret, MockEngine, valueOf } from "../helpers/pretended/mocks.ts";

/** The whole of index.ts, as one engine sees it. */
describe("the program", () => {
  let engine: MockEngine;
  let exports: Record<string, unknown>;

  before(async () => {
    engine = await MockEngine.start({
      "minikube:index:Cluster": {
        instance: "life-1",
        home: "/home/.minikube",
        dockerHost: "tcp://192.0.2.7:2376",
        dockerCertPath: "/certs",
      },
      "minikube:index:ImagePresence": { builds: 1 },
      "minikube:index:ReleasePresence": { life: "life-1.2", repairs: 3 },
      "kubernetes:helm.sh/v3:Release": { status: { revision: 7 } },
      "random:index/randomPassword:RandomPassword": { result: "c0ffee" },
    });
    pulumi.runtime.setAllConfig({ "todo-stack:port": "30999", "todo-stack:namespace": "space" });
    exports = await import("../../index.ts");
    await engine.settle();
  });

  after(() => pulumi.runtime.setAllConfig({}));

  it("U6: exports the URL, both images and the namespace, and nothing else", async () => {
    assert.deepEqual(Object.keys(exports).toSorted(), ["backendImage", "frontendImage", "namespace", "url"]);
    assert.equal(await valueOf(exports["url"] as pulumi.Output<string>), "http://localhost:30999");
    assert.equal(await valueOf(exports["namespace"] as pulumi.Output<string>), "space");
    assert.match(String(exports["backendImage"]), /^todo-backend:[0-9a-f]{16}$/);
    assert.match(String(exports["frontendImage"]), /^todo-frontend:[0-9a-f]{16}$/);
  });

  it("reaches Docker and Kubernetes by the cluster's own providers alone", () => {
    const foreign = engine.registrations.filter(
      ({ type, provider }) => /^(docker|kubernetes):/.test(type) && !/^todo-(docker|kubernetes)$/.test(provider ?? ""),
    );
    assert.deepEqual(
      foreign.map(({ name }) => name),
      [],
      "these would go to the user's own cluster or daemon",
    );
  });

  it("U5: releases the chart after secrets and both images", () => {
    const { dependencies } = engine.one("kubernetes:helm.sh/v3:Release");
    for (const name of [
      "todo-backend-image",
      "todo-frontend-image",
      "todo-backend-secret",
      "todo-postgres-secret",
      "todo-namespace",
    ]) {
      assert.ok(dependencies.includes(name), `the release must wait for ${name}, but waits for ${dependencies.join()}`);
    }
  });

  it("C2: gives the chart both images and the names of the Secrets, and no secret", () => {
    const { inputs } = engine.one("kubernetes:helm.sh/v3:Release");
    const nameOf = (secret: string): unknown =>
      (engine.one("kubernetes:core/v1:Secret", secret).inputs["metadata"] as { name: unknown }).name;
    const [backend, frontend] = [String(exports["backendImage"]), String(exports["frontendImage"])];
    assert.deepEqual(inputs["values"], {
      secrets: { backend: nameOf("todo-backend-secret"), postgres: nameOf("todo-postgres-secret") },
      backend: {
        replicas: 1,
        image: { repository: "todo-backend", tag: backend.split(":")[1] },
        config: { llmBaseUrl: "", llmModel: "" },
      },
      frontend: {
        replicas: 1,
        image: { repository: "todo-frontend", tag: frontend.split(":")[1] },
        service: { nodePort: 30080 },
      },
      postgres: { enabled: true },
      networkPolicy: { backendEgress: [] },
      monitoring: { enabled: false },
      aiops: { reader: { enabled: false } },
    });
    assert.ok(!JSON.stringify(inputs).includes("c0ffee"));
  });

  it("shows those who review the manifests of the very chart and values that are released", () => {
    const { values } = engine.one("kubernetes:helm.sh/v3:Release").inputs;
    const { dependencies } = engine.one("kubernetes:helm.sh/v3:Release");
    const { inputs } = engine.one("minikube:index:Manifests");
    assert.deepEqual(inputs["values"], values);
    assert.deepEqual(JSON.parse(inputs["files"] as string), chartFiles("charts/todo"));
    assert.deepEqual([inputs["release"], inputs["namespace"]], ["todo", "space"]);
    assert.ok(
      dependencies.includes("todo-manifests"),
      "a policy can only stop a release that comes after its manifests",
    );
  });

  it("O3: pulls no Prometheus unless it is asked for", () => {
    assert.deepEqual(
      engine.registrations.filter(({ type }) => type.includes("remoteImage")),
      [],
    );
  });

  it("tells the release of every edit of the chart, and of every repair", () => {
    const { inputs } = engine.one("kubernetes:helm.sh/v3:Release");
    assert.equal(inputs["description"], `chart ${hashOf(chartFiles("charts/todo"))}, repair 3`);
    assert.equal(inputs["chart"], "./charts/todo");
    assert.equal(inputs["name"], "todo");
    assert.equal(inputs["namespace"], "space");
  });

  it("waits until the new revision is healthy, in place of Helm", () => {
    assert.equal(engine.one("kubernetes:helm.sh/v3:Release").inputs["skipAwait"], true);
    const { inputs } = engine.one("minikube:index:Rollout");
    assert.equal(inputs["release"], "todo");
    assert.equal(inputs["namespace"], "space");
    assert.equal(inputs["revision"], 7);
    assert.equal(inputs["url"], "http://localhost:30999");
    assert.deepEqual(inputs["answer"], { path: "/api/backend/auth/me", status: 401 });
    assert.equal(inputs["kubeconfig"], engine.one("minikube:index:ReleasePresence").inputs["kubeconfig"]);
  });

  it("never uninstalls the release: it goes with its namespace, and from a new cluster it cannot be", () => {
    const release = engine.one("kubernetes:helm.sh/v3:Release");
    assert.equal(release.retainOnDelete, true);
    assert.equal(release.deleteBeforeReplace, true);
    assert.equal(release.replacementTrigger, "life-1.2", "a release that is gone must be installed anew");
  });

  it("holds everything in components", () => {
    const loose = engine.registrations.filter(
      ({ type, parent }) => !type.startsWith("todo-stack:") && parent === undefined,
    );
    assert.deepEqual(
      loose.map(({ name }) => name),
      [],
    );
  });
});

const outputs = {
  "minikube:index:Cluster": {
    instance: "life-1",
    home: "/home/.minikube",
    dockerHost: "tcp://192.0.2.7:2376",
    dockerCertPath: "/certs",
  },
  "minikube:index:ImagePresence": { builds: 1 },
  "minikube:index:ReleasePresence": { life: "life-1.2", repairs: 0 },
  "kubernetes:helm.sh/v3:Release": { status: { revision: 7 } },
  "random:index/randomPassword:RandomPassword": { result: "c0ffee" },
};

describe("the program with monitoring and the account that only looks", () => {
  let engine: MockEngine;

  before(async () => {
    engine = await MockEngine.start(outputs);
    pulumi.runtime.setAllConfig({ "todo-stack:monitoring": "true", "todo-stack:reader": "true" });
    // Another instance of the module than that of the other tests.
    const again = "../../index.ts?monitoring";
    await import(again);
    await engine.settle();
  });

  after(() => pulumi.runtime.setAllConfig({}));

  it("O3: pulls Prometheus into the cluster's daemon before the release that runs it", () => {
    const image = engine.one("docker:index/remoteImage:RemoteImage");
    const { inputs, provider, deletedWith } = image;
    assert.deepEqual(inputs, { name: `prom/prometheus:v${versions.promtool}`, keepLocally: true });
    assert.deepEqual([provider, deletedWith], ["todo-docker", "todo-docker"]);
    assert.equal(image.replacementTrigger, "life-1", "a new cluster has none of the old one's images");
    const release = engine.one("kubernetes:helm.sh/v3:Release");
    assert.deepEqual((release.inputs["values"] as { monitoring: unknown }).monitoring, { enabled: true });
    assert.ok(release.dependencies.includes("todo-prometheus-image"), release.dependencies.join());
  });

  it("O4: asks the chart for that account", () => {
    const { values } = engine.one("kubernetes:helm.sh/v3:Release").inputs as { values: { aiops: unknown } };
    assert.deepEqual(values.aiops, { reader: { enabled: true } });
  });
});

describe("the program with a controller for operations", () => {
  const started = async (config: Record<string, string>, name: string, secret?: string[]): Promise<MockEngine> => {
    const engine = await MockEngine.start(outputs);
    pulumi.runtime.setAllConfig(config, secret);
    // Another instance of the module than that of the other tests.
    const again = `../../index.ts?${name}`;
    await import(again);
    await engine.settle();
    return engine;
  };
  const plan = ({ registrations }: MockEngine): unknown[] =>
    registrations.map(({ type, name, inputs: { files: _, ...inputs }, dependencies }) => ({
      type,
      name,
      // But the names of files, which the chart and the images have in any case.
      inputs,
      dependencies: dependencies.toSorted(),
    }));

  afterEach(() => {
    pulumi.runtime.setAllConfig({});
    delete process.env["TODO_STACK_DEVELOPMENT"];
  });

  it("O5: plans exactly what it always did when it is off", async () => {
    const unset = plan(await started({}, "unset"));
    assert.deepEqual(plan(await started({ "todo-stack:operations": "off" }, "operations-off")), unset);
    assert.doesNotMatch(JSON.stringify(unset), /aiops:|operations/, "neither image nor value may be there");
  });

  it("O5: builds its image and asks the chart for the mode, and changes nothing else", async () => {
    const unset = await started({}, "unset-again");
    const engine = await started({ "todo-stack:operations": "watch" }, "operations-watch");
    const before = new Set(unset.registrations.map(({ name }) => name));
    const added = engine.registrations.filter(({ name }) => !before.has(name)).map(({ name }) => name);
    assert.deepEqual(added.toSorted(), ["todo-aiops", "todo-aiops-image", "todo-aiops-presence"]);
    const release = engine.one("kubernetes:helm.sh/v3:Release");
    const { operations, ...values } = release.inputs["values"] as Record<string, Record<string, unknown>>;
    assert.deepEqual(values, unset.one("kubernetes:helm.sh/v3:Release").inputs["values"]);
    assert.equal(operations?.["mode"], "watch");
    const { repository, tag } = operations["image"] as Record<string, string>;
    assert.equal(repository, "todo-aiops");
    assert.match(tag ?? "", /^[0-9a-f]{16}$/);
    assert.ok(release.dependencies.includes("todo-aiops-image"), release.dependencies.join());
  });

  it("O5: keeps the URL of the webhook in a Secret of its own, and tells the chart its name", async () => {
    const config = {
      "todo-stack:operations": "watch",
      "todo-stack:operationsWebhook": "https://hooks.example.com/hush",
    };
    const engine = await started(config, "operations-webhook", Object.keys(config).slice(1));
    const { values } = engine.one("kubernetes:helm.sh/v3:Release").inputs as {
      values: { secrets: { operations: string }; operations: { webhook: unknown } };
    };
    const webhook = { format: "slack", egress: [{ cidr: "0.0.0.0/0", port: 443 }] };
    assert.deepEqual(values.operations.webhook, webhook);
    assert.match(values.secrets.operations, /^todo-operations-[0-9a-f]{16}$/);
    const holders = engine.registrations.filter(({ inputs }) => JSON.stringify(inputs).includes("hush"));
    assert.deepEqual(
      holders.map(({ name }) => name),
      ["todo-operations-secret"],
    );
  });

  it("O5: makes a token for each person whose assistant may call, in a Secret of its own", async () => {
    const config = { "todo-stack:operations": "watch", "todo-stack:operationsAssistants": "ann,bob" };
    const engine = await started(config, "operations-assistants");
    const { values } = engine.one("kubernetes:helm.sh/v3:Release").inputs as {
      values: { secrets: { assistants: string } };
    };
    assert.match(values.secrets.assistants, /^todo-assistants-[0-9a-f]{16}$/);
    const secret = engine.registrations.find(({ name }) => name === "todo-assistants-secret");
    const content = secret?.inputs["stringData"];
    assert.ok(isSecret(content), "tokens must travel as secrets");
    assert.deepEqual(Object.keys((content as { value: object }).value), ["ann", "bob"]);
    const tokens = engine.registrations.filter(({ name }) => name.startsWith("todo-token-of-"));
    assert.deepEqual(
      tokens.map(({ inputs }) => inputs["length"]),
      [48, 48],
    );
  });

  it("O5: only watches while somebody edits the code of the running pods", async () => {
    process.env["TODO_STACK_DEVELOPMENT"] = "true";
    const engine = await started({ "todo-stack:operations": "act" }, "operations-development");
    const { values } = engine.one("kubernetes:helm.sh/v3:Release").inputs as {
      values: { operations: { mode: string } };
    };
    assert.equal(values.operations.mode, "watch");
  });
});

describe("the program in development", () => {
  let engine: MockEngine;

  before(async () => {
    engine = await MockEngine.start(outputs);
    // Another instance of the module than that of the other tests.
    const again = "../../index.ts?development";
    process.env["TODO_STACK_DEVELOPMENT"] = "true";
    try {
      await import(again);
    } finally {
      delete process.env["TODO_STACK_DEVELOPMENT"];
    }
    await engine.settle();
  });

  it("W1: gives the chart its values for development below its own, and says so to it", () => {
    const { inputs } = engine.one("kubernetes:helm.sh/v3:Release");
    const values = inputs["values"] as Record<string, Record<string, unknown>>;
    const overlay = parse(readFileSync("charts/todo/values-dev.yaml", "utf8")) as typeof values;
    assert.deepEqual(values["development"], { enabled: true });
    assert.deepEqual(values["backend"]?.["resources"], overlay["backend"]?.["resources"]);
    assert.deepEqual(values["backend"]?.["config"], {
      ...(overlay["backend"]?.["config"] as object),
      llmBaseUrl: "",
      llmModel: "",
    });
    assert.deepEqual(values["frontend"]?.["service"], { type: "NodePort", nodePort: 30080 });
    assert.deepEqual(engine.one("minikube:index:Manifests").inputs["values"], values);
  });

  it("W1: builds images without code for both applications", () => {
    for (const name of ["todo-backend-image", "todo-frontend-image"]) {
      const { inputs } = engine.one("docker:index/image:Image", name);
      assert.equal((inputs["build"] as { target: unknown }).target, "development", name);
    }
    const { files } = engine.one("minikube:index:ImagePresence", "todo-backend-presence").inputs;
    const server = ["edits", "libraries", "run", "serve"].map((name) => `development/${name}.py`);
    assert.deepEqual(Object.keys(JSON.parse(files as string) as object), [
      "Dockerfile",
      ...server,
      "pyproject.toml",
      "uv.lock",
    ]);
  });
});

describe("the program for several nodes, with monitoring", () => {
  let engine: MockEngine;

  before(async () => {
    engine = await MockEngine.start({ ...outputs, "minikube:index:Workers": { names: ["todo-m02"] } });
    pulumi.runtime.setAllConfig({ "todo-stack:monitoring": "true", "todo-stack:nodes": "2" });
    // Another instance of the module than that of the other tests.
    const again = "../../index.ts?nodes";
    await import(again);
    await engine.settle();
  });

  after(() => pulumi.runtime.setAllConfig({}));

  it("copies every image to the further node before the release that may run there", () => {
    const copies = engine.registrations.filter(({ type }) => type === "minikube:index:CopiedImage");
    const images = copies.map(({ inputs }) => (inputs["image"] as string).split(":")[0]);
    assert.deepEqual(images.toSorted(), ["prom/prometheus", "todo-backend", "todo-frontend"]);
    const { dependencies, inputs } = engine.one("kubernetes:helm.sh/v3:Release");
    for (const { name } of copies)
      assert.ok(dependencies.includes(name), `${name} is not among ${dependencies.join()}`);
    const { postgres } = inputs["values"] as { postgres: unknown };
    assert.deepEqual(postgres, { nodeSelector: { "minikube.k8s.io/primary": "true" }, enabled: true });
  });
});
