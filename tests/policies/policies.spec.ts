import assert from "node:assert/strict";
import { createRequire } from "node:module";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { Secret } from "@pulumi/policy";
import type { ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import { noPlainSecret } from "../../policies/no-plain-secret.ts";
import { noClusterWideObject } from "../../policies/no-cluster-wide-object.ts";
import { noPushedImage } from "../../policies/no-pushed-image.ts";
import { nodePortRange } from "../../policies/node-port-range.ts";
import { restrictedPods } from "../../policies/restricted-pods.ts";
import { render } from "../chart/support/render.ts";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const manifests = "minikube:index:Manifests";
const release = "kubernetes:helm.sh/v3:Release";
const secretType = "kubernetes:core/v1:Secret";

// What the SDK does with properties before a policy gets them; it declares no types for it.
const sdk = createRequire(import.meta.url);
const { deserializeProperties } = sdk("@pulumi/policy/deserialize.js") as {
  deserializeProperties: (properties: struct.Struct, keepSecrets: boolean) => object;
};
const { unknownCheckingProxy } = sdk("@pulumi/policy/proxy.js") as { unknownCheckingProxy: (props: object) => object };

/** What a policy says about a resource. */
async function violations(policy: ResourceValidationPolicy, type: string, properties: object): Promise<string[]> {
  const found: string[] = [];
  const props = type === manifests ? inTexts(properties) : properties;
  const args = { type, urn: "urn", name: "name", props } as unknown as ResourceValidationArgs;
  assert.ok(!Array.isArray(policy.validateResource));
  await policy.remediateResource?.(args);
  await policy.validateResource?.(args, (message) => found.push(message));
  return found;
}

/** Objects as the provider keeps them: each is JSON, in which what is unknown is named. */
const inTexts = (properties: { objects?: object }): object => {
  const text = (object: unknown): string => JSON.stringify(object).replaceAll(unknown, "[unknown]");
  const texts = Object.entries(properties.objects ?? {}).map(([name, object]) => [name, text(object)] as const);
  return { ...properties, objects: Object.fromEntries(texts) };
};

describe("policy node-port-range", () => {
  const service = (nodePort: unknown) => ({
    objects: { "Service/web": { spec: { ports: [{ port: 80, nodePort }] } } },
  });

  it("takes the first and the last port of the range, and one that is not known yet", async () => {
    for (const port of [30_000, 32_767, unknown])
      assert.deepEqual(await violations(nodePortRange, manifests, service(port)), []);
  });

  it("reads a state from before, in which objects are trees", async () => {
    const args = { type: manifests, urn: "urn", name: "name", props: service(80) } as unknown as ResourceValidationArgs;
    const found: string[] = [];
    assert.ok(typeof nodePortRange.validateResource === "function");
    await nodePortRange.validateResource(args, (message) => found.push(message));
    assert.match(found.join(), /^objects\.Service\/web\.spec\.ports\.0\.nodePort is 80\./);
  });

  it("refuses the ports next to the range, in manifests and in values", async () => {
    for (const port of [29_999, 32_768]) {
      const [inManifests = ""] = await violations(nodePortRange, manifests, service(port));
      assert.match(
        inManifests,
        new RegExp(`^objects\\.Service/web\\.spec\\.ports\\.0\\.nodePort is ${port}\\..+Choose`),
      );
      const values = { frontend: { service: { nodePort: port } } };
      const [inValues = ""] = await violations(nodePortRange, release, { values });
      assert.match(inValues, new RegExp(`^values\\.frontend\\.service\\.nodePort is ${port}\\.`));
    }
  });
});

describe("policy no-cluster-wide-object", () => {
  it("refuses an object of the whole cluster, and takes what is in the namespace", async () => {
    const objects = { "Role/a": { kind: "Role" }, "ClusterRole/b": { kind: "ClusterRole" }, "Secret/c": unknown };
    const [found = "", ...others] = await violations(noClusterWideObject, manifests, { objects });
    assert.match(found, /^The chart renders ClusterRole\/b, which is not in a namespace/);
    assert.deepEqual(others, []);
    assert.deepEqual(await violations(noClusterWideObject, release, { objects }), []);
    assert.deepEqual(await violations(noClusterWideObject, manifests, { objects: unknown }), []);
  });
});

describe("policy no-pushed-image", () => {
  const type = "docker:index/image:Image";

  it("takes an image that stays where it is built", async () => {
    assert.deepEqual(await violations(noPushedImage, type, { imageName: "todo:1", skipPush: true }), []);
    assert.deepEqual(await violations(noPushedImage, "docker:index/other:Other", {}), []);
  });

  it("refuses one that would be pushed, which is the default", async () => {
    for (const push of [{}, { skipPush: false }]) {
      const [message = ""] = await violations(noPushedImage, type, { imageName: "todo:1", ...push });
      assert.match(message, /^todo:1 would be pushed: .+ Set skipPush: true\.$/);
    }
  });
});

describe("policy restricted-pods", () => {
  const hardened = () => ({
    name: "app",
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
    },
  });
  type Container = ReturnType<typeof hardened> & { ports?: object[] };
  const pod = () => ({
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    volumes: [{ name: "tmp", emptyDir: {} }] as object[],
    initContainers: [] as Container[],
    containers: [hardened()] as Container[],
  });
  type Pod = ReturnType<typeof pod> & Record<string, unknown>;
  const deployment = (spec: object) => ({ objects: { "Deployment/web": { spec: { template: { spec } } } } });

  it("takes a hardened pod, and every pod of the chart", async () => {
    assert.deepEqual(await violations(restrictedPods, manifests, deployment(pod())), []);
    const objects = Object.fromEntries(
      (await render()).map((object) => [`${object.kind}/${object.metadata.name}`, object]),
    );
    assert.ok("Deployment/todo-backend" in objects);
    assert.deepEqual(await violations(restrictedPods, manifests, { objects }), []);
  });

  const weakened: [string, (pod: Pod) => unknown, RegExp][] = [
    ["the node's network", (pod) => (pod["hostNetwork"] = true), /pod: it shares .+ remove hostNetwork/],
    ["the node's processes", (pod) => (pod["hostPID"] = true), /pod: it shares/],
    [
      "a folder of the node",
      (pod) => pod.volumes.push({ name: "x", hostPath: { path: "/" } }),
      /pod: it mounts a folder/,
    ],
    [
      "root by omission",
      (pod) => (pod.securityContext = {} as never),
      /app: it may run as root.+set runAsNonRoot: true/,
    ],
    ["root by number", (pod) => Object.assign(pod.securityContext, { runAsUser: 0 }), /app: it may run as root/],
    ["root in a container", (pod) => alter(pod, { runAsNonRoot: false }), /app: it may run as root/],
    ["more rights", (pod) => alter(pod, { allowPrivilegeEscalation: undefined }), /app: its processes may gain/],
    ["a privileged container", (pod) => alter(pod, { privileged: true }), /app: its processes may gain/],
    ["capabilities", (pod) => alter(pod, { capabilities: undefined }), /app: it keeps capabilities/],
    [
      "an added capability",
      (pod) => alter(pod, { capabilities: { drop: ["ALL"], add: ["SYS_ADMIN"] } }),
      /capabilities/,
    ],
    ["every system call", (pod) => alter(pod, { seccompProfile: { type: "Unconfined" } }), /app: it may make every/],
    ["a writable root", (pod) => alter(pod, { readOnlyRootFilesystem: false }), /app: it can change its own/],
    ["a port of the node", (pod) => Object.assign(pod.containers[0] ?? {}, { ports: [{ hostPort: 80 }] }), /hostPort/],
  ];
  const alter = (pod: Pod, change: object): unknown => Object.assign(pod.containers[0]?.securityContext ?? {}, change);

  for (const [what, weaken, message] of weakened) {
    it(`refuses ${what}`, async () => {
      const weak: Pod = pod();
      weaken(weak);
      const found = await violations(restrictedPods, manifests, deployment(weak));
      assert.ok(found.length > 0, "nothing was found");
      assert.match(found[0] ?? "", message);
      assert.match(found[0] ?? "", /^Deployment\/web, .+ In its template in charts\/todo\/templates, /);
    });
  }

  it("looks at init containers, plain pods and jobs too", async () => {
    const weak = { name: "first", securityContext: {} } as Container;
    const spec = { ...pod(), initContainers: [weak] };
    const objects = {
      "Pod/test": { spec },
      "CronJob/nightly": { spec: { jobTemplate: { spec: { template: { spec } } } } },
      "Service/web": { spec: { ports: [] } },
    };
    const found = await violations(restrictedPods, manifests, { objects });
    for (const name of ["Pod/test", "CronJob/nightly"])
      assert.ok(
        found.some((message) => message.startsWith(`${name}, container first:`)),
        found.join("\n"),
      );
  });

  it("does not judge manifests of earlier, nor none", async () => {
    const old = deployment({ ...pod(), hostNetwork: true });
    assert.deepEqual(await violations(restrictedPods, manifests, { ...old, stale: true }), []);
    assert.deepEqual(await violations(restrictedPods, manifests, {}), []);
  });
});

describe("policy no-plain-secret", () => {
  it("takes a Secret whose data is secret, wholly or key by key, or not known yet", async () => {
    for (const stringData of [new Secret({ KEY: "x" }), { KEY: new Secret("x") }, { KEY: unknown }, unknown])
      assert.deepEqual(await violations(noPlainSecret, secretType, { stringData }), []);
  });

  it("refuses a Secret whose data Pulumi shows, and does not show it either", async () => {
    for (const key of ["data", "stringData"]) {
      const props = { [key]: { OPEN: "canary", CLOSED: new Secret("x") } };
      const found = await violations(noPlainSecret, secretType, props);
      assert.equal(found.length, 1, found.join("\n"));
      assert.match(found[0] ?? "", new RegExp(`^${key}\\.OPEN is no secret to Pulumi.+Wrap it: pulumi\\.secret`));
      assert.ok(!found.join().includes("canary"), "the message shows the secret");
    }
  });

  it("sees what is secret and what is unknown as the engine sends it", async () => {
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "canary" };
    const sent = struct.Struct.fromJavaScript({ stringData: { CLOSED: secret, LATER: unknown, OPEN: "canary" } });
    const props = unknownCheckingProxy(deserializeProperties(sent, true));
    const found = await violations(noPlainSecret, secretType, props);
    assert.deepEqual(
      found.map((message) => message.split(" ")[0]),
      ["stringData.OPEN"],
    );
  });

  it("takes values that name Secrets, and manifests that mount them", async () => {
    const values = { secrets: { backend: "todo-backend-0123456789abcdef" }, llmBaseUrl: "https://llm.example.com/v1" };
    assert.deepEqual(await violations(noPlainSecret, release, { values }), []);
    const objects = Object.fromEntries((await render()).map((object) => [object.metadata.name, object]));
    assert.deepEqual(await violations(noPlainSecret, manifests, { objects }), []);
  });

  const secrets: [string, object][] = [
    ["what is marked as secret", { anything: new Secret("canary") }],
    ["a password by its name", { database: { password: "canary" } }],
    ["a key by its name", { openaiApiKey: "canary" }],
    ["a URL with a password", { url: "postgresql://todo:canary@db:5432/todo" }],
    ["a private key", { text: "-----BEGIN EC PRIVATE KEY-----\ncanary" }],
    ["a key of a service", { text: "sk-canary-0123456789abcdef" }],
  ];
  for (const [what, value] of secrets) {
    it(`refuses ${what} in the values of a release, where Helm keeps it in plain text`, async () => {
      const [message = ""] = await violations(noPlainSecret, release, { values: { backend: value } });
      assert.match(message, /^values\.backend\..+ looks like a secret\..+Put it into a Kubernetes Secret/);
      assert.ok(!message.includes("canary"), "the message shows the secret");
    });
  }

  it("refuses a secret in a ConfigMap or an environment variable", async () => {
    const objects = {
      "ConfigMap/app": { data: { DATABASE_URL: "postgresql://todo:canary@db/todo" } },
      "Pod/app": { spec: { containers: [{ env: [{ name: "JWT_SECRET", value: "canary" }] }] } },
    };
    const found = await violations(noPlainSecret, manifests, { objects });
    assert.match(found[0] ?? "", /^ConfigMap\/app\.data\.DATABASE_URL looks like a secret/);
    assert.match(found[1] ?? "", /^Pod\/app\.spec\.containers\.0\.env\.0\.value looks like a secret/);
    assert.ok(!found.join().includes("canary"), "the message shows the secret");
  });
});
