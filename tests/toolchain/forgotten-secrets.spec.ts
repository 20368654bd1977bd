import assert from "node:assert/strict";
import { removeForgotten } from "../../toolchain/forgotten-secrets.ts";
import type { KnownResource } from "../../toolchain/forgotten-secrets.ts";
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
