import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { KubeConfig, NetworkingV1Api } from "@kubernetes/client-node";
import { NodeDaemon } from "../../helpers/cluster/node-daemon.ts";
import { Account } from "../../helpers/account.ts";
import { until } from "../../helpers/until.ts";
import { stack } from "../../stack/support/stack.ts";

const container = "database-outside";
const port = 15432;

/** A PostgreSQL that Kubernetes knows nothing of: a container beside it, on the network of the node. */
describe("a database outside the cluster", function () {
  this.timeout("10m");

  const password = randomUUID();
  let daemon: NodeDaemon;
  /** The address of the node, and so of the database. */
  let address: string;

  before(async () => {
    daemon = await NodeDaemon.of(stack.copy);
    const { spec, status } = await stack.cluster.pod("postgres");
    address = status?.hostIP ?? "";
    const image = spec?.containers[0]?.image ?? "";
    const settings = [`POSTGRES_PASSWORD=${password}`, "POSTGRES_USER=todo"].flatMap((each) => ["--env", each]);
    const run = [
      "run",
      "--detach",
      "--name",
      container,
      "--network",
      "host",
      "--tmpfs",
      "/var/run/postgresql:mode=1777",
    ];
    await daemon.docker(...run, ...settings, image, "-p", `${port}`);
    await until("the database outside answers", async () => {
      return await sql("SELECT 1").then(
        () => true,
        () => false,
      );
    });
  });

  after(async () => {
    await daemon.docker("rm", "--force", "--volumes", container);
  });

  it("C6: takes the place of the one in the cluster, and alone may be reached; without it the old data is back", async () => {
    const { apps, core, namespace } = stack.cluster;
    const [inside, outside] = [await Account.signUp(stack.url), `outside ${randomUUID()}`];
    assert.equal((await inside.todos("POST", { title: "inside" })).status, 201);
    assert.equal(await reaches(port), false, "before it is set, nothing may lead to the database outside");

    await set("--secret", "databaseUrl", `postgresql://todo:${password}@${address}:${port}/todo`);
    try {
      await stack.copy.up();
      const { items: sets } = await apps.listNamespacedStatefulSet({ namespace });
      const { items: services } = await core.listNamespacedService({ namespace });
      const names = [...sets, ...services].map(({ metadata }) => metadata?.name);
      assert.deepEqual(names.toSorted(), ["todo-backend", "todo-frontend"], "the database inside must be gone");

      await oldPodsGone();
      const newcomer = await Account.signUp(stack.url);
      assert.equal((await newcomer.todos("POST", { title: outside })).status, 201);
      assert.match(await sql("SELECT title FROM todos"), new RegExp(`^${outside}$`), "the todo must be outside, alone");
      assert.equal((await inside.todos("GET")).status, 401, "who is in the other database must be unknown in this one");

      assert.deepEqual((await egress()).slice(1), [{ ports: [{ port, protocol: "TCP" }], to: [{ ipBlock: { cidr: `${address}/32` } }] }]); // prettier-ignore
      await until("that port alone is open", async () => (await reaches(port)) && !(await reaches(8443)));
      assert.ok(!(await kept()).includes(password), "the password must be encrypted in settings and state");
      await stack.copy.up("--expect-no-changes");
    } finally {
      await stack.copy.succeed("pulumi", ["config", "rm", "--stack", stack.copy.stack, "databaseUrl"]);
      await stack.copy.up();
      await oldPodsGone();
    }

    const answer = await inside.todos("GET");
    assert.equal(answer.status, 200, "the account must be known again");
    assert.match(await answer.text(), /"inside"/, "the todo must be there again");
    await until("the way to the database outside is closed again", async () => !(await reaches(port)));
  });

  async function sql(statement: string): Promise<string> {
    const psql = ["psql", "--host=127.0.0.1", `--port=${port}`, "--username=todo", "--tuples-only", "--no-align"];
    return await daemon.docker("exec", "--env", `PGPASSWORD=${password}`, container, ...psql, `--command=${statement}`);
  }

  /** Whether a connection from the backend to a port of the database's address comes about. */
  async function reaches(to: number): Promise<boolean> {
    const connect = `import socket; socket.create_connection(("${address}", ${to}), 3)`;
    return (await stack.cluster.exec("backend", "python", "-c", connect)).ok;
  }
});

/** Waits for those that are on their way out: they serve for some seconds more, from the database they know. */
async function oldPodsGone(): Promise<void> {
  const { core, namespace } = stack.cluster;
  const labelSelector = "app.kubernetes.io/component=backend";
  await until("the old backend is gone", async () => {
    return (await core.listNamespacedPod({ namespace, labelSelector })).items.length === 1;
  });
}

async function set(...args: string[]): Promise<void> {
  await stack.copy.succeed("pulumi", ["config", "set", "--stack", stack.copy.stack, ...args]);
}

/** What the backend may reach, as the cluster has it. */
async function egress(): Promise<object[]> {
  const config = new KubeConfig();
  config.loadFromFile(stack.cluster.kubeconfig);
  const { namespace } = stack.cluster;
  const policies = config.makeApiClient(NetworkingV1Api);
  const { spec } = await policies.readNamespacedNetworkPolicy({ name: "todo-backend", namespace });
  // As plain objects, without the fields that are not set.
  return JSON.parse(JSON.stringify(spec?.egress ?? [])) as object[];
}

/** Everything that the stack keeps on this machine. */
async function kept(): Promise<string> {
  const { folder, stack: name } = stack.copy;
  const files = [`Pulumi.${name}.yaml`, join(".state/.pulumi/stacks/todo-stack", `${name}.json`)];
  return (await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")))).join("\n");
}
