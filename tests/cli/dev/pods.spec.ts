import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { watchPods } from "../../../cli/dev/pods.ts";
import { FakeApi } from "../../provider/fake-api.ts";

interface Pod {
  metadata?: { name?: string; uid?: string };
}

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

  /** Watches for a moment, or until a pod is seen, and gives the names of those that were. */
  const watched = async (kubeconfig: string, longest = 1_500): Promise<string[]> => {
    const stop = new AbortController();
    const seen: string[] = [];
    const observer = {
      seen: ({ metadata }: Pod) => void seen.push(metadata?.name ?? ""),
      gone: () => undefined,
    };
    const watching = watchPods(
      () => ({ kubeconfig, context: "todo", namespace: "todo", home: home.path }),
      observer,
      stop.signal,
    );
    const deadline = Date.now() + longest;
    while (seen.length === 0 && Date.now() < deadline) await sleep(50);
    stop.abort();
    await watching;
    return [...new Set(seen)];
  };

  it("are those of the stack's own cluster", async () => {
    assert.deepEqual(await watched(own.kubeconfig, 20_000), ["todo-backend-1"]);
    assert.match(
      own.asked[0] ?? "",
      /^GET \/api\/v1\/namespaces\/todo\/pods\?labelSelector=app.kubernetes.io%2Finstance%3Dtodo/,
    );
  });

  it("are never those of another cluster to which a kubeconfig under our name leads: nobody is asked", async () => {
    assert.deepEqual(await watched(production.kubeconfig), []);
    assert.deepEqual(production.asked, []);
  });

  it("are told of as gone, when they went while the cluster did not answer", async () => {
    const stop = new AbortController();
    const told: string[] = [];
    const until = async (condition: () => boolean): Promise<void> => {
      for (const deadline = Date.now() + 20_000; !condition() && Date.now() < deadline;) await sleep(50);
    };
    own.endsWatches = true;
    own.lists.set("pods", [{ metadata: { name: "todo-backend-1", namespace: "todo", uid: "1" } }]);
    const observer = {
      seen: ({ metadata }: Pod) => {
        if (!told.includes(metadata?.uid ?? "")) told.push(metadata?.uid ?? "");
      },
      gone: ({ metadata }: Pod) => void told.push(`${metadata?.uid} gone`),
    };
    const ref = { kubeconfig: own.kubeconfig, context: "todo", namespace: "todo", home: home.path };
    const watching = watchPods(() => ref, observer, stop.signal);
    await until(() => told.includes("1"));
    // The next one comes once the watch has ended. No list: an answer that nobody understands.
    own.objects.set("pods", {});
    own.asked.length = 0;
    await until(() => own.asked.length > 0);
    own.lists.set("pods", [{ metadata: { name: "todo-backend-2", namespace: "todo", uid: "2" } }]);
    await sleep(500);
    own.objects.delete("pods");
    await until(() => told.includes("2"));
    stop.abort();
    await watching;
    assert.deepEqual(told, ["1", "1 gone", "2"]);
  });

  it("are those of another namespace, when the last one of this is gone and the release is there now", async () => {
    const stop = new AbortController();
    const seen: string[] = [];
    const gone: string[] = [];
    const observer = {
      seen: ({ metadata }: Pod) => void seen.push(metadata?.name ?? ""),
      gone: ({ metadata }: Pod) => void gone.push(metadata?.name ?? ""),
    };
    let namespace = "todo";
    const where = () => ({ kubeconfig: own.kubeconfig, context: "todo", namespace, home: home.path });
    const asked = (name: string) => own.asked.some((each) => each.startsWith(`GET /api/v1/namespaces/${name}/pods`));
    const until = async (condition: () => boolean): Promise<void> => {
      for (const deadline = Date.now() + 20_000; !condition() && Date.now() < deadline;) await sleep(50);
    };
    own.endsWatches = true;
    own.lists.set("pods", [{ metadata: { name: "todo-backend-1", namespace: "todo", uid: "1" } }]);
    own.asked.length = 0;
    const watching = watchPods(where, observer, stop.signal);
    // That it was asked for is not enough: the answer may not have been made yet.
    await until(() => seen.length > 0);
    namespace = "production";
    own.lists.set("pods", []);
    await until(() => gone.length > 0 && asked("production"));
    stop.abort();
    await watching;
    assert.deepEqual({ gone, isAsked: asked("production") }, { gone: ["todo-backend-1"], isAsked: true });
  });

  it("are not watched any more when they are let go while the kubeconfig is read", async () => {
    const stop = new AbortController();
    const observer = { seen: () => undefined, gone: () => undefined };
    const ref = { kubeconfig: own.kubeconfig, context: "todo", namespace: "todo", home: home.path };
    own.asked.length = 0;
    const watching = watchPods(() => ref, observer, stop.signal);
    stop.abort();
    await watching;
    // Who watches lists first; what watched in a test before may still ask once more to go on.
    assert.deepEqual(
      own.asked.filter((each) => !each.includes("watch=true")),
      [],
    );
  });

  it("are not there as long as there is no kubeconfig", async () => {
    assert.deepEqual(await watched(home.getPath("missing")), []);
  });
});
