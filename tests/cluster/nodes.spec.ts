import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { environment } from "../../machine/tool-environment.ts";
import { Account } from "../helpers/account.ts";
import { ClusterView } from "../helpers/cluster/cluster-view.ts";
import { dockerTraces } from "../helpers/cluster/docker-engine.ts";
import { inSequence } from "../helpers/in-sequence.ts";
import { until } from "../helpers/until.ts";
import { WorkingCopy } from "../helpers/working-copy.ts";

const config = { profile: "todo-nodes", port: "30286", cpus: "2", memory: "4096", nodes: "3" };
const { profile, port } = config;
const url = `http://localhost:${port}`;
const [first, second, third] = [profile, `${profile}-m02`, `${profile}-m03`] as const;

describe("a stack on three nodes", function () {
  this.timeout("15m");
  inSequence();

  let copy: WorkingCopy;
  let account: Account;
  const cluster = (): ClusterView => new ClusterView(join(copy.folder, ".state", `${profile}.kubeconfig`));

  /** The nodes on which the running pods of a component are. */
  const nodesOf = async (component: string): Promise<string[]> =>
    (await cluster().pods(component)).map(({ spec }) => spec?.nodeName ?? "").toSorted();

  const kubectl = async (...args: string[]): Promise<string> =>
    (
      await execa("minikube", ["kubectl", "-p", profile, "--", `--context=${profile}`, ...args], {
        env: kubeEnvironment(),
      })
    ).stdout;
  const kubeEnvironment = (): NodeJS.ProcessEnv => ({
    ...environment(),
    KUBECONFIG: join(copy.folder, ".state", `${profile}.kubeconfig`),
  });

  before(async () => {
    copy = await WorkingCopy.create("nodes", config);
    await copy.up();
    account = await Account.signUp(url);
    await account.add("water the plants");
  });

  after(async function () {
    if (this.currentTest?.isFailed() === true) await copy.keepState("test-results");
    await copy.succeed("pulumi", ["destroy", "--yes", "--skip-preview", "--stack", copy.stack]);
    assert.deepEqual(await dockerTraces(profile), [], "nothing of any node may remain in Docker");
    await copy.remove();
  });

  it("has one pod of each application on every node, and the database on the first", async () => {
    for (const component of ["backend", "frontend"]) assert.deepEqual(await nodesOf(component), [first, second, third]);
    assert.deepEqual(await nodesOf("postgres"), [first]);
  });

  it("leads each pod of the frontend to each of the backend, whichever of their nodes joined first", async () => {
    const addresses = (await cluster().pods("backend")).map(({ status }) => status?.podIP);
    const script = `
      const ask = (address) => fetch("http://" + address + ":8000/health").then(({ status }) => status, ({ cause }) => String(cause));
      Promise.all(${JSON.stringify(addresses)}.map(ask)).then((answers) => console.log(JSON.stringify(answers)));`;
    for (const { metadata } of await cluster().pods("frontend")) {
      const answers = await kubectl(
        "exec",
        "--namespace=todo",
        metadata?.name ?? "",
        "--container=frontend",
        "--",
        "node",
        "-e",
        script,
      );
      assert.deepEqual(JSON.parse(answers), [200, 200, 200], metadata?.name);
    }
  });

  it("has nothing to do after that", async () => {
    await copy.up("--expect-no-changes");
  });

  it("enforces NetworkPolicies between nodes: a stranger on one reaches no database on another", async () => {
    const address = (await cluster().pod("postgres")).status?.podIP ?? "";
    const image = (await cluster().pods("backend"))[0]?.spec?.containers[0]?.image ?? "";
    const script = `import socket; socket.create_connection(("${address}", 5432), 5)`;
    const overrides = { spec: { nodeName: second } };
    const run = [
      "run",
      "stranger",
      "--namespace=default",
      `--image=${image}`,
      "--restart=Never",
      "--attach",
      "--rm",
      "--quiet",
    ];
    const stranger = kubectl(
      ...run,
      `--overrides=${JSON.stringify(overrides)}`,
      "--command",
      "--",
      "python",
      "-c",
      script,
    );
    await assert.rejects(stranger, /timed out|Connection refused/);
    assert.deepEqual(await account.titles(), ["water the plants"], "the backend on every node reaches it");
  });

  it("brings an edited backend to every node", async () => {
    await copy.edit("apps/backend/src/app/main.py", '"""', '"""Edited. ');
    await copy.up();
    assert.deepEqual(await nodesOf("backend"), [first, second, third]);
    await copy.up("--expect-no-changes");
  });

  it("loses no request while a node is drained, as its upgrade would do", async () => {
    const requests = steadyRequests(account);
    await kubectl("drain", second, "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=180s");
    assert.ok(!(await nodesOf("backend")).includes(second), "the drain must have moved the pods");
    await kubectl("uncordon", second);
    const { sent, failed } = await requests.end();
    assert.ok(sent > 20, `only ${sent} requests were sent`);
    assert.deepEqual(failed, []);
  });

  it("goes on without a node that is lost, and has it again after up", async () => {
    await execa("docker", ["kill", third]);
    // A connection that leads to a lost pod stays open without an answer: whoever has one gives it up and takes
    // another.
    const ask = () =>
      fetch(`${url}/api/backend/auth/me`, { signal: AbortSignal.timeout(5_000) }).then(
        ({ status }) => status,
        () => undefined,
      );
    const seen = new Set<number | undefined>();
    await until("no pod is asked that was on the lost node", async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, ask));
      for (const answer of answers) seen.add(answer);
      return answers.every((answer) => answer === 401);
    });
    // None of somebody outside the cluster who has the address of a lost pod there.
    const ours = [401, 502, 503, 504, undefined];
    assert.deepEqual(
      [...seen].filter((answer) => !ours.includes(answer)),
      [],
    );
    await copy.up();
    const { items } = await cluster().core.listNode();
    const ready = items.filter(({ status }) =>
      status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True"),
    );
    assert.deepEqual(ready.map(({ metadata }) => metadata?.name).toSorted(), [first, second, third]);
    await copy.up("--expect-no-changes");
  });

  it("makes a node anew whose container was removed", async () => {
    await execa("docker", ["rm", "--force", "--volumes", third]);
    await copy.up();
    const nodes = await kubectl("get", "nodes", "--no-headers");
    assert.equal(nodes.match(/ Ready /g)?.length, 3, nodes);
    await copy.up("--expect-no-changes");
  });

  it("starts all nodes again that were stopped, with the data", async () => {
    await execa("minikube", ["stop", "--profile", profile], { env: environment() });
    await copy.up();
    await until("the todo is there", async () =>
      (await account.titles().catch((): string[] => [])).includes("water the plants"),
    );
    await copy.up("--expect-no-changes");
  });

  it("removes a node that is not wanted any more, with no pod on it", async () => {
    await copy.configure({ ...config, nodes: "2" });
    await copy.up();
    const traces = await dockerTraces(profile);
    assert.deepEqual(
      traces.filter((trace) => trace.includes(third)),
      [],
    );
    assert.deepEqual(await nodesOf("backend"), [first, second]);
    assert.deepEqual(await account.titles(), ["water the plants"]);
    await copy.up("--expect-no-changes");
  });
});

/** Asks for the list five times a second until the end, and remembers what did not answer. */
function steadyRequests(account: Account): { end: () => Promise<{ sent: number; failed: string[] }> } {
  const failed: string[] = [];
  let sent = 0;
  const end = new AbortController();
  const asking = (async () => {
    while (!end.signal.aborted) {
      sent += 1;
      const answer = await account.todos("GET").catch((error: unknown) => error);
      if (!(answer instanceof Response)) failed.push(String(answer));
      else if (answer.status !== 200) failed.push(`${answer.status} ${await answer.text()}`);
      await sleep(200);
    }
  })();
  return {
    end: async () => {
      end.abort();
      await asking;
      return { sent, failed };
    },
  };
}
