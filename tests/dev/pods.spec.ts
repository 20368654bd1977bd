import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { watchPods } from "../../toolchain/dev/pods.ts";
import { FakeApi } from "../provider/fake-api.ts";

describe("npm run dev: the pods that it works on", () => {
  let own: FakeApi;
  let production: FakeApi;
  let home: FsFixture;

  before(async () => {
    [own, production] = [await FakeApi.start(), await FakeApi.start()];
    own.lists.set("pods", [{ metadata: { name: "todo-backend-1", namespace: "todo" } }]);
    home = await createFixture({ "ca.crt": await readFile(own.certificate) });
  });

  after(async () => {
    await Promise.all([own.stop(), production.stop(), home.rm()]);
  });

  /** Watches for a moment, and gives the names of the pods that were seen. */
  const watched = async (kubeconfig: string): Promise<string[]> => {
    const stop = new AbortController();
    const seen: string[] = [];
    const observer = {
      seen: ({ metadata }: { metadata?: { name?: string } }) => void seen.push(metadata?.name ?? ""),
      gone: () => undefined,
    };
    const watching = watchPods({ kubeconfig, context: "todo", namespace: "todo" }, home.path, observer, stop.signal);
    const deadline = Date.now() + 1_500;
    while (seen.length === 0 && Date.now() < deadline) await sleep(50);
    stop.abort();
    await watching;
    return [...new Set(seen)];
  };

  it("are those of the stack's own cluster", async () => {
    assert.deepEqual(await watched(own.kubeconfig), ["todo-backend-1"]);
    assert.match(
      own.asked[0] ?? "",
      /^GET \/api\/v1\/namespaces\/todo\/pods\?labelSelector=app.kubernetes.io%2Finstance%3Dtodo/,
    );
  });

  it("are never those of another cluster to which a kubeconfig under our name leads: nobody is asked", async () => {
    assert.deepEqual(await watched(production.kubeconfig), []);
    assert.deepEqual(production.asked, []);
  });

  it("are not there as long as there is no kubeconfig", async () => {
    assert.deepEqual(await watched(home.getPath("missing")), []);
  });
});
