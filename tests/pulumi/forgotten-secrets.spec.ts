import assert from "node:assert/strict";
import { removeForgotten } from "../../pulumi/forgotten-secrets.ts";
import type { KnownResource } from "../../pulumi/forgotten-secrets.ts";
import { bringsAllUp } from "../../pulumi/make-ready.ts";
import { FakeApi } from "../provider/fake-api.ts";

const outputs = { namespace: "space", backend: "todo-backend-1", postgres: "todo-postgres-1" };
const component: KnownResource = { type: "todo-stack:index:AppSecrets", outputs };
const secret = (name: string): KnownResource => ({ type: "kubernetes:core/v1:Secret", inputs: { metadata: { name } } });

describe("a Secret that the state has forgotten", () => {
  let api: FakeApi;
  before(async () => {
    api = await FakeApi.start();
  });
  after(() => api.stop());

  const forgotten = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "todo-backend-1", labels: { of: "todo" }, annotations: { by: "pulumi" } },
    type: "Opaque",
    immutable: true,
    data: { JWT_SECRET: "aHVzaA==" },
  };

  beforeEach(() => {
    const { metadata, ...rest } = forgotten;
    const ofServer = { ...metadata, uid: "0123", resourceVersion: "7", creationTimestamp: "2026-01-02T03:04:05Z" };
    api.objects.set("secrets/todo-backend-1", { ...rest, metadata: ofServer });
    api.onDelete = (path) => path === "secrets" && api.objects.delete("secrets/todo-backend-1");
  });

  const removed = async (resources: KnownResource[], home = api.home): Promise<string[]> => {
    api.asked.length = 0;
    await removeForgotten({ home, profile: "todo", kubeconfig: api.kubeconfig }, resources);
    return api.asked.filter((line) => line.startsWith("DELETE")).map(decodeURIComponent);
  };

  it("makes room for the one that is made again, and no other does", async () => {
    assert.deepEqual(await removed([component, secret("todo-postgres-1")]), [
      "DELETE /api/v1/namespaces/space/secrets?fieldSelector=metadata.name=todo-backend-1",
    ]);
  });

  it("is put back as it was when the up has failed that was to make it again, unless that has made it", async () => {
    const cluster = { home: api.home, profile: "todo", kubeconfig: api.kubeconfig };
    const { names, putBack } = await removeForgotten(cluster, [component, secret("todo-postgres-1")]);
    assert.deepEqual(names, ["todo-backend-1"]);
    assert.ok(!api.objects.has("secrets/todo-backend-1"));
    assert.deepEqual(await putBack(), ["todo-backend-1"]);
    assert.deepEqual(api.objects.get("secrets/todo-backend-1"), forgotten);
    const made = { metadata: { name: "todo-backend-1" } };
    api.objects.set("secrets/todo-backend-1", made);
    assert.deepEqual(await putBack(), []);
    assert.equal(api.objects.get("secrets/todo-backend-1"), made);
  });

  it("gives way to an up that makes everything again alone, and that nobody has to confirm", () => {
    for (const line of ["up --yes", "update -y --skip-preview", "up --yes --stack dev --replace urn"]) {
      assert.ok(bringsAllUp(line.split(" ")), line);
    }
    for (const part of ["-t urn", "-turn", "--target urn", "--target=urn", "--exclude **AppSecrets", "--exclude=urn"]) {
      assert.ok(!bringsAllUp(`up --yes ${part}`.split(" ")), part);
    }
    for (const line of [
      "up",
      "up --yes --target-replace urn",
      "up --yes --preview-only",
      "refresh --yes",
      "up --yes --plan p",
    ]) {
      assert.ok(!bringsAllUp(line.split(" ")), line);
    }
  });

  it("is none where all are known, or where the stack has none yet: nobody is asked", async () => {
    for (const resources of [
      [component, secret("todo-backend-1"), secret("todo-postgres-1")],
      [{ type: "todo-stack:index:AppSecrets" }],
      [],
    ]) {
      assert.deepEqual(await removed(resources), []);
      assert.deepEqual(api.asked, []);
    }
  });

  it("is left alone in a cluster that is not ours", async () => {
    const other = await FakeApi.start();
    try {
      assert.deepEqual(await removed([component], other.home), []);
      assert.deepEqual(api.asked, []);
    } finally {
      await other.stop();
    }
  });
});
