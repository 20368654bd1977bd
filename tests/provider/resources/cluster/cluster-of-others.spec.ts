import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { createFixture } from "fs-fixture";
import { parse, stringify } from "yaml";
import { ExistingClusterResource } from "../../../../provider/resources/cluster/cluster-of-others.ts";
import type { ExistingClusterInputs } from "../../../../provider/resources/cluster/cluster-of-others.ts";
import { Namespace } from "../../../../provider/cluster/kubernetes/kubernetes.ts";
import { FakeApi } from "../../fake-api.ts";

const id = "3f2c0a4e-0000-4000-8000-000000000001";
const otherId = "3f2c0a4e-0000-4000-8000-000000000002";
const urn = "urn:pulumi:prod::todo-stack::todo-stack:index:ExistingCluster$minikube:index:ExistingCluster::todo";

describe("minikube:index:ExistingCluster", () => {
  let api: FakeApi;
  let said: string[];
  const resource = new ExistingClusterResource({
    inform: (_urn, line) => said.push(line),
    warn: (_urn, line) => said.push(`warning: ${line}`),
    progress: () => undefined,
  });

  beforeEach(async () => {
    said = [];
    api = await FakeApi.start();
    api.isCluster(id);
  });

  afterEach(() => api.stop());

  const inputs = (changes: Partial<ExistingClusterInputs> = {}): ExistingClusterInputs => ({
    kubeconfig: api.kubeconfig,
    context: "todo",
    clusterId: id,
    namespace: "todo",
    registry: "ghcr.io/acme",
    platform: "linux/amd64",
    isPreview: false,
    ...changes,
  });
  const nowhere = { kubeconfig: "/nowhere/prod.cluster" };

  it("says first of all which cluster this run is about", async () => {
    await resource.check(urn, {}, inputs());
    assert.equal(said.length, 1);
    assert.match(
      said[0] ?? "",
      /^prod → context todo, https:\/\/127.0.0.1:\d+, cluster 3f2c0a4e-.+, 2 nodes amd64, v1.34.4, namespace todo, images to ghcr.io\/acme$/,
    );
  });

  it("makes the name by which the stack knows its own namespaces once", async () => {
    const first = await resource.check(urn, {}, inputs());
    assert.match(first.owner, /^todo-stack\/prod\/[0-9a-f]{8}$/);
    assert.deepEqual(await resource.check(urn, first, inputs()), first);
    assert.deepEqual(await resource.diff(urn, first, first), { changes: false });
    assert.ok(!("isPreview" in first), "a preview and an up must not differ by it");
  });

  for (const isPreview of [true, false]) {
    it(`refuses another cluster ${isPreview ? "in a preview" : "in an up"}, and asks it for nothing but its id`, async () => {
      api.isCluster(otherId);
      await assert.rejects(resource.check(urn, {}, inputs({ isPreview })), {
        message: new RegExp(`another cluster: context todo leads to the cluster ${otherId} .+ not to ${id}`),
      });
      assert.deepEqual(api.asked, ["GET /api/v1/namespaces/kube-system"]);
    });
  }

  it("says the id that is missing, and where the context leads", async () => {
    await assert.rejects(resource.check(urn, {}, inputs({ clusterId: "" })), {
      message: new RegExp(`leads to https://127.0.0.1:\\d+, whose id is ${id}.\\n  If .+ config set clusterId ${id}$`),
    });
    await assert.rejects(resource.check(urn, {}, inputs({ clusterId: "", ...nowhere })), {
      message: /kubectl get namespace kube-system --output jsonpath=\{.metadata.uid\} --context todo/,
    });
  });

  it("names the right that is missing where the cluster may not be asked for its id", async () => {
    api.forbidden.add("/api/v1/namespaces/kube-system");
    for (const clusterId of [id, ""]) {
      await assert.rejects(resource.check(urn, {}, inputs({ clusterId })), {
        message: /you may not read its namespace kube-system, .+\n {2}.*Ask .+ ClusterRole todo-stack-cluster-id/,
      });
    }
  });

  it("lets a preview go on without access, with one warning", async () => {
    const checked = await resource.check(urn, {}, inputs({ ...nowhere, isPreview: true }));
    assert.match(checked.owner, /^todo-stack\/prod\//);
    assert.equal(said.length, 1);
    assert.match(said[0] ?? "", /^warning: The cluster of context todo cannot be asked: no kubeconfig of yours has/);
  });

  it("names the program that the kubeconfig signs in with when it is not there, and blames no context", async () => {
    await using folder = await createFixture();
    const config = parse(await (await import("node:fs/promises")).readFile(api.kubeconfig, "utf8"));
    const apiVersion = "client.authentication.k8s.io/v1";
    config.users[0].user = { exec: { apiVersion, command: "no-such-program", interactiveMode: "Never" } };
    await folder.writeFile("config", stringify(config));
    await assert.rejects(resource.check(urn, {}, inputs({ kubeconfig: folder.getPath("config") })), {
      message: /The cluster of context todo cannot be asked: .*no-such-program/,
    });
  });

  it("refuses an up without access", async () => {
    await assert.rejects(resource.check(urn, {}, inputs(nowhere)), {
      message: /cannot be asked.+\n {2}Nothing was changed/s,
    });
  });

  it("never leaves the cluster in which the stack is", async () => {
    const olds = await resource.check(urn, {}, inputs());
    api.asked.length = 0;
    await assert.rejects(resource.check(urn, olds, inputs({ clusterId: otherId })), {
      message: new RegExp(`is in the cluster ${id}`),
    });
    assert.deepEqual(api.asked, []);
  });

  it("refuses images that no node runs", async () => {
    await assert.rejects(resource.check(urn, {}, inputs({ platform: "linux/arm64" })), {
      message: /made for linux\/arm64, and the nodes .+ run linux\/amd64.+config set platform linux\/amd64/s,
    });
  });

  it("asks a server for nothing that nobody vouches for", async () => {
    await using folder = await createFixture();
    const config = parse(await (await import("node:fs/promises")).readFile(api.kubeconfig, "utf8"));
    config.clusters[0].cluster["insecure-skip-tls-verify"] = true;
    delete config.clusters[0].cluster["certificate-authority-data"];
    await folder.writeFile("config", stringify(config));
    await assert.rejects(resource.check(urn, {}, inputs({ kubeconfig: folder.getPath("config") })), {
      message: /does not verify the certificate/,
    });
    assert.deepEqual(api.asked, []);
  });

  it("takes a token from the program that the kubeconfig names", async () => {
    await using folder = await createFixture();
    const config = parse(await (await import("node:fs/promises")).readFile(api.kubeconfig, "utf8"));
    const credential = { apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential" };
    const { "client-certificate-data": cert, "client-key-data": key } = config.users[0].user as Record<string, string>;
    const text = (data: string | undefined): string => Buffer.from(data ?? "", "base64").toString();
    const status = { clientCertificateData: text(cert), clientKeyData: text(key) };
    await folder.writeFile("credential.json", JSON.stringify({ ...credential, status }));
    config.users[0].user = {
      exec: {
        apiVersion: credential.apiVersion,
        command: "cat",
        args: [folder.getPath("credential.json")],
        interactiveMode: "Never",
      },
    };
    await folder.writeFile("config", stringify(config));
    await resource.check(urn, {}, inputs({ kubeconfig: folder.getPath("config") }));
    assert.equal(said.length, 1);
  });

  it("leaves the cluster in peace when the stack goes, and takes the copy of the context away", async () => {
    await using folder = await createFixture({ "prod.cluster": "" });
    const kubeconfig = folder.getPath("prod.cluster");
    await resource.delete(urn, { ...inputs({ kubeconfig }), owner: "" });
    assert.ok(!existsSync(kubeconfig));
    assert.deepEqual(api.asked, []);
  });

  it("guards every way into a namespace by the id", async () => {
    const ref = { kubeconfig: api.kubeconfig, context: "todo", clusterId: otherId, namespace: "todo" };
    await assert.rejects(
      Namespace.use(ref, (namespace) => namespace.remove()),
      { message: /leads to the cluster/ },
    );
    assert.deepEqual(api.deleted, []);
  });
});
