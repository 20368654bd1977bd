import assert from "node:assert/strict";
import { mkdir, rename, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import process from "node:process";
import { ClusterView } from "../../helpers/cluster/cluster-view.ts";
import { FaultyStack } from "../../helpers/cluster/faulty-stack.ts";
import { WorkingCopy } from "../../helpers/working-copy.ts";
import { stackHandedOn } from "./stack.ts";

/** A proxy that answers nobody, for everything but what it may not be asked for. */
const proxies = {
  HTTP_PROXY: "http://127.0.0.1:9",
  https_proxy: "http://127.0.0.1:9",
  NO_PROXY: "one.example",
};

/**
 * A real `up` where much is different at once. Each of these is previewed for itself in
 * tests/pulumi/surroundings.spec.ts, on a machine on which nothing runs.
 */
describe("a stack in other surroundings", function () {
  this.timeout("15m");

  let copy: WorkingCopy;
  let laptop: FaultyStack;
  let home: string;
  let moved: string;
  let link: string;
  let umask: number | undefined;

  before(async () => {
    copy = await stackHandedOn();
    await copy.up();
    laptop = await FaultyStack.of(copy, String((await copy.outputs())["url"]));
    home = copy.folder;
    moved = join(dirname(home), `it's "c#" 100%20?`, "é 买 &;$(x)");
    link = `${home} by a link`;
    umask = process.umask(0o077);
    await mkdir(dirname(moved), { recursive: true });
    await rename(home, moved);
    await symlink(moved, link);
  });

  after(async () => {
    // Nothing was moved yet.
    if (umask === undefined) return;
    process.umask(umask);
    await rm(link, { force: true });
    await rename(moved, home);
    await rm(dirname(moved), { recursive: true });
    // The mark of the cluster names the checkout again.
    await copy.up();
  });

  const backendPods = async (): Promise<string[]> =>
    await new ClusterView(join(moved, ".state", `${laptop.profile}.kubeconfig`)).podNames("backend");

  it("comes up with an edit after its checkout was moved, entered by a link, with umask 077, a proxy and Turkish words", async () => {
    const there = WorkingCopy.at(link, copy.stack);
    const backend = await backendPods();
    await there.edit("apps/backend/src/app/main.py", "\n", "\n# A change that only the backend's image notices.\n");
    const up = ["up", "--yes", "--skip-preview", "--stack", there.stack];
    const env = { ...proxies, PWD: link, LC_ALL: "tr_TR.UTF-8", TZ: "Pacific/Kiritimati", NODE_ENV: "production" };
    const first = await there.pulumi(up, env);
    assert.equal(first.exitCode, 0, first.all);
    await laptop.keepsTodo();
    assert.notDeepEqual(await backendPods(), backend, "the edit must be released");
    const second = await there.pulumi([...up, "--expect-no-changes"], { no_proxy: "*", ...proxies, LC_ALL: "C" });
    assert.equal(second.exitCode, 0, second.all);
    const status = await there.npm("status", { ...env, NO_COLOR: "1", COLUMNS: "20" });
    assert.equal(status.exitCode, 0, status.all);
    assert.match(status.all, /^Cluster {2}todo-laptop running/m);
  });
});
