import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { appendFile, cp, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { once } from "node:events";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { createFixture } from "fs-fixture";
import type { ClusterInputs, ClusterResource, ClusterState } from "../../../../provider/resources/cluster/cluster.ts";
import { UserError } from "../../../../provider/processes/errors.ts";
import { ownerOf, readMark, writeMark } from "../../../../provider/cluster/ownership.ts";
import { FakeApi } from "../../fake-api.ts";
import { FakeMachine, urnOf } from "../../fake-machine.ts";

const toType = {
  keep: "npm run backup",
  restore: "npm run restore -- FILE",
  keepAtOnce: "npm start -- --keep-data",
  lose: "npm start -- --yes",
};

const save = {
  pod: "data-0",
  container: "database",
  dump: "pg_dump --format=custom",
  file: "backups/saved.dump",
  restore: "npm start; npm run restore -- backups/saved.dump",
};

const contents = {
  selector: "holds=data",
  container: "database",
  command: ["count"],
  backups: { folder: "/nowhere", prefix: "dev-" },
};

describe("minikube:index:Cluster", () => {
  let machine: FakeMachine;
  let servers: Server[];

  beforeEach(async () => {
    machine = await FakeMachine.create();
    servers = [];
  });

  afterEach(async () => {
    await machine.restore();
    for (const server of servers) server.close();
  });

  /** Brings a cluster up with all that is in it, as `pulumi up` does. */
  async function up(changes: Partial<ClusterInputs> = {}): Promise<ClusterState> {
    const { state } = await machine.cluster().create(machine.urn, await machine.checked(changes));
    await machine.starts.wait(state.instance, machine.urn);
    return state;
  }

  /** The cluster in a preview, as a program with that input tells it. */
  async function previewing(changes: Partial<ClusterInputs> = {}): Promise<ClusterResource> {
    const cluster = machine.cluster();
    const holder = { isPreview: true, contents, toType, save };
    await cluster.check(machine.urn, {}, machine.inputs({ holder, ...changes }));
    return cluster;
  }

  /** The cluster in an up, as a program tells it that says what a person types. */
  async function told(state: ClusterState): Promise<ClusterResource> {
    const cluster = machine.cluster();
    const holder = { isPreview: false, contents, toType, save };
    await cluster.check(machine.urn, state, machine.inputs({ holder }));
    return cluster;
  }

  /** A port on which somebody listens. */
  async function takenPort(address = "127.0.0.1"): Promise<number> {
    const server = createServer().listen(0, address);
    servers.push(server);
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }

  async function refuses(work: Promise<unknown>, message: RegExp): Promise<void> {
    await assert.rejects(work, (error) => {
      assert.ok(error instanceof UserError, `${String(error)} would be shown with a stack`);
      assert.match(error.message, message);
      return true;
    });
  }

  describe("check", () => {
    it("gives a new cluster a life of its own, and an old one the life it has", async () => {
      const first = await machine.checked();
      assert.match(first.instance, /^[0-9a-f]{8}$/);
      assert.notEqual((await machine.checked()).instance, first.instance);
      const again = await machine.cluster().check(machine.urn, first, machine.inputs({ cpus: 2 }));
      assert.equal(again.instance, first.instance);
      assert.equal(again.cpus, 2);
    });

    const homes: [string | undefined, string][] = [
      ["/a/b", "/a/b/.minikube"],
      ["/a/.minikube", "/a/.minikube"],
      [undefined, `${homedir()}/.minikube`],
      ["", `${homedir()}/.minikube`],
    ];
    for (const [variable, home] of homes) {
      it(`finds Minikube's home as Minikube does when MINIKUBE_HOME is ${JSON.stringify(variable)}`, async () => {
        const cluster = machine.cluster({ MINIKUBE_HOME: variable });
        const checked = await cluster.check(machine.urn, {}, machine.inputs());
        assert.equal(checked.home, home);
        assert.equal(checked.dockerCertPath, `${home}/certs`);
      });
    }

    it("keeps the home in which the cluster was made", async () => {
      const first = await machine.checked();
      const elsewhere = machine.cluster({ MINIKUBE_HOME: "/elsewhere" });
      assert.equal((await elsewhere.check(machine.urn, first, machine.inputs())).home, first.home);
    });
  });

  describe("diff", () => {
    it("finds nothing to do on a cluster that runs", async () => {
      const state = await up();
      assert.deepEqual(await machine.cluster().diff(machine.urn, state, state), { changes: false });
    });

    const fixed: [keyof ClusterInputs, unknown][] = [
      ["driver", "kvm2"],
      ["cpus", 2],
      ["memory", 4096],
      ["ports", ["127.0.0.1:1:30080"]],
      ["containerRuntime", "containerd"],
      ["network", "kube-router"],
      ["kubernetesVersion", "v1.33.0"],
    ];
    for (const [key, value] of fixed) {
      it(`replaces the cluster for another ${key}, which Minikube would not apply`, async () => {
        const state = await up();
        const cluster = machine.cluster(machine.agreement(state.instance));
        const { replaces } = await cluster.diff(machine.urn, state, { ...state, [key]: value });
        assert.deepEqual(replaces, [key]);
      });

      it(`refuses another ${key} where nobody has agreed to lose the data, before anything is changed`, async () => {
        const state = await up();
        const said = key === "network" ? "network \\(one node has another than several\\)" : key;
        for (const env of [{}, machine.agreement("another")]) {
          const diff = machine.cluster(env).diff(machine.urn, state, { ...state, [key]: value });
          await refuses(
            diff,
            new RegExp(
              `^A change of ${said} needs a new cluster: all data in todo .*\n.*cluster/todo/${state.instance} `,
            ),
          );
        }
      });

      it(`previews another ${key} with a warning`, async () => {
        const state = await up();
        const cluster = await previewing();
        const { replaces } = await cluster.diff(machine.urn, state, { ...state, [key]: value });
        assert.deepEqual(replaces, [key]);
        assert.match(
          machine.warned.join(),
          new RegExp(`change of ${key} .*all data in todo will be lost.*npm run backup`),
        );
      });
    }

    it("says what is in the cluster and how old the newest backup is, as far as that can be known", async () => {
      const state = await up();
      await machine.file("backups/dev-2026-01-02T03-04-05Z.dump");
      // Of a stack whose name begins like this one's.
      await machine.file("backups/dev-2-2026-01-02T03-04-06Z.dump");
      const later = Date.now() / 1000 + 60;
      await utimes(join(machine.folder, "backups/dev-2-2026-01-02T03-04-06Z.dump"), later, later);
      await machine.file("data-pods", "todo   todo-postgres-0");
      await machine.file("contents", "accounts: 1, todos: 3");
      const backups = { folder: join(machine.folder, "backups"), prefix: "dev-" };
      const say = async (): Promise<string> => {
        const cluster = await previewing({ holder: { isPreview: true, contents: { ...contents, backups } } });
        machine.warned.length = 0;
        await cluster.diff(machine.urn, state, { ...state, memory: 4096 });
        return machine.warned.join();
      };
      assert.match(
        await say(),
        /In it: accounts: 1, todos: 3\. The newest backup is .*dev-2026\S+\.dump, 0 minutes old\./,
      );
      const { args = [] } = (await machine.minikubeCalls()).at(-1) ?? {};
      const inPod = ["exec", "--namespace", "todo", "todo-postgres-0", "--container", "database", "--", "count"];
      assert.deepEqual(args, ["kubectl", "-p", "todo", "--", "--context=todo", ...inPod]);
      await machine.remove("contents");
      await machine.remove("backups");
      assert.match(await say(), /In it: not known, since it does not answer\. There is no backup of this stack\./);
    });

    it("upgrades Kubernetes in place", async () => {
      const state = await up();
      const news = { ...state, kubernetesVersion: "v1.35.0" };
      assert.deepEqual(await machine.cluster().diff(machine.urn, state, news), { changes: true });
    });

    it("starts a stopped cluster", async () => {
      const state = await up();
      await machine.file("container-todo", "exited");
      assert.deepEqual(await machine.cluster().diff(machine.urn, state, state), { changes: true });
    });

    it("writes a lost kubeconfig anew, and restarts nothing for it", async () => {
      const state = await up();
      await machine.remove("todo.kubeconfig");
      assert.deepEqual(await machine.cluster().diff(machine.urn, state, state), { changes: true });
      await machine.cluster().update(machine.urn, state, state);
      assert.equal(await readFile(machine.kubeconfig, "utf8"), await readFile(machine.api.kubeconfig, "utf8"));
      assert.equal((await stat(machine.kubeconfig)).mode & 0o777, 0o600, "it holds a key");
      const starts = (await machine.didMinikube()).filter((command) => command === "start");
      assert.equal(starts.length, 1, "its pods need not be restarted");
    });

    it("starts a cluster whose API server does not answer, as after the machine was restarted", async () => {
      const state = await up();
      await machine.api.stop();
      assert.deepEqual(await machine.cluster().diff(machine.urn, state, state), { changes: true });
      await machine.cluster().update(machine.urn, state, state);
      const starts = (await machine.didMinikube()).filter((command) => command === "start");
      assert.equal(starts.length, 2, "Minikube must start what is in it");
    });

    it("lets a paused cluster run on", async () => {
      const state = await up();
      await machine.file("container-todo", "paused");
      assert.deepEqual(await machine.cluster().diff(machine.urn, state, state), { changes: true });
      await machine.cluster().update(machine.urn, state, state);
      assert.equal((await readFile(join(machine.folder, "container-todo"), "utf8")).trim(), "running");
      const starts = (await machine.didMinikube()).filter((command) => command === "start");
      assert.equal(starts.length, 1, "its pods need not be restarted");
    });

    it("goes by its own context, whichever the kubeconfig has as current", async () => {
      const state = await up();
      await appendFile(machine.kubeconfig, "current-context: production\n");
      assert.deepEqual(await machine.cluster().diff(machine.urn, state, state), { changes: false });
    });

    it("asks nothing else of another profile's cluster that has got the address, and finds its own again", async () => {
      const state = await up();
      const other = await FakeApi.start();
      const own = await readFile(machine.kubeconfig, "utf8");
      try {
        other.node = "todo-demo";
        await cp(other.certificate, join(machine.folder, ".minikube", "ca.crt"));
        await cp(other.kubeconfig, machine.kubeconfig);
        assert.deepEqual(await machine.cluster().diff(machine.urn, state, state), { changes: true });
        assert.deepEqual(other.asked, []);
      } finally {
        await cp(machine.api.certificate, join(machine.folder, ".minikube", "ca.crt"));
        await other.stop();
      }
      await machine.cluster().update(machine.urn, state, state);
      assert.equal(await readFile(machine.kubeconfig, "utf8"), own);
    });

    it("asks nothing of a server that is not Minikube's, though the context has its name", async () => {
      const state = await up();
      const production = await FakeApi.start();
      try {
        await cp(production.kubeconfig, machine.kubeconfig);
        assert.deepEqual(await machine.cluster().diff(machine.urn, state, state), { changes: true });
        assert.deepEqual(production.asked, []);
        await machine.cluster().update(machine.urn, state, state);
        assert.deepEqual(production.asked, []);
        const written = await readFile(machine.kubeconfig, "utf8");
        assert.equal(written, await readFile(machine.api.kubeconfig, "utf8"), "it must lead to the own cluster again");
      } finally {
        await production.stop();
      }
    });

    for (const file of [".minikube/profiles/todo/config.json", ".minikube/machines/todo/config.json"]) {
      it(`repairs what a power cut has left of ${file}`, async () => {
        const state = await up();
        const before = await readFile(join(machine.folder, file), "utf8");
        await machine.file(file, before.slice(0, 5));
        assert.deepEqual(await machine.cluster().diff(machine.urn, state, state), { changes: true });
        await machine.cluster().update(machine.urn, state, state);
        assert.equal(await readFile(join(machine.folder, file), "utf8"), before);
      });
    }

    it("replaces a cluster whose container is gone", async () => {
      const state = await up();
      for (const thing of ["container-todo", "volume-todo"]) await machine.remove(thing);
      const { replaces } = await machine.cluster().diff(machine.urn, state, state);
      assert.deepEqual(replaces, ["instance"], "what was in it must be made anew, which hangs on the instance");
    });

    it("replaces a cluster whose profile is gone, with all that was in Docker", async () => {
      const state = await up();
      for (const thing of [...machine.inDocker(), ".minikube/profiles/todo"]) await machine.remove(thing);
      assert.deepEqual((await machine.cluster().diff(machine.urn, state, state)).replaces, ["instance"]);
    });

    describe("of a cluster that is not as its state knows it", () => {
      const refusals: [string, (state: ClusterState) => Promise<unknown>, RegExp][] = [
        [
          "whose container is gone, but not its volume",
          () => machine.remove("container-todo"),
          /still has its volume todo/,
        ],
        [
          "whose profile is gone, but not its container",
          () => machine.remove(".minikube/profiles/todo"),
          /^Docker has a container todo, but Minikube has no profile todo.*\n.*Save its data first: \(.*docker exec todo sh -c '.*pg_dump .*' > (backups\/\S+)\)\. This removes it .*: docker rm .*; docker network rm todo\. Then: npm start; npm run restore -- \1/,
        ],
        [
          "that is stopped, whose profile is gone, but not its container",
          async () => {
            await machine.remove(".minikube/profiles/todo");
            await machine.file("container-todo", "exited");
          },
          /Save its data first: docker start todo; .*start kubelet; .*pg_dump/,
        ],
        [
          "in whose place there is another stack's",
          () => machine.mark({ owner: "another", instance: "another" }),
          /^Minikube profile todo belongs to another\./,
        ],
        [
          "whose mark cannot be read, nor its copy",
          async () => {
            for (const file of ["todo-stack.json", "todo-stack.json.copy"])
              await machine.file(`.minikube/profiles/todo/${file}`, "{");
          },
          /^It is not known which stack owns Minikube profile todo: .*todo-stack\.json.*\n.*Save its data first: .*pg_dump.*minikube -p todo delete/,
        ],
        [
          "which is in another Docker engine",
          async () => {
            await machine.remove("container-todo");
            await machine.file("engine", "engine-2");
            await machine.file("docker-context", "unix:///other.sock");
          },
          /^The cluster todo .* at unix:\/\/\/run\/docker\.sock; the current one is at unix:\/\/\/other\.sock\.\n.*docker context use/,
        ],
        [
          "while Docker's current context leads to another machine",
          async () => {
            await machine.remove("container-todo");
            await machine.file("docker-context", "ssh://production");
          },
          /leads to another machine, ssh:\/\/production/,
        ],
      ];
      for (const [what, prepare, message] of refusals) {
        it(`refuses one ${what}, in an up; a preview says so`, async () => {
          const state = await up();
          await prepare(state);
          const before = machine.inDocker();
          await refuses((await told(state)).diff(machine.urn, state, state), message);
          const cluster = await previewing();
          assert.equal((await cluster.diff(machine.urn, state, state)).changes, true);
          assert.match(machine.warned.join(), new RegExp(message.source.replace("^", "")));
          assert.deepEqual(machine.inDocker(), before);
          const changed = (await machine.didMinikube()).filter((command) => command !== "kubectl");
          assert.deepEqual(changed, ["start", "docker-env"]);
        });
      }

      it("refuses in words of its own where the program says nothing of what a person types", async () => {
        const state = await up();
        const without = machine.cluster();
        const larger = { ...state, memory: 4096 };
        const neutral =
          /all data in todo will be lost\. .*To keep them, first copy them .*\n.*so they are kept\. To lose/;
        for (const holder of [undefined, { isPreview: false }]) {
          await without.check(machine.urn, state, machine.inputs(holder === undefined ? {} : { holder }));
          await refuses(without.diff(machine.urn, state, larger), neutral);
        }
        await machine.remove(".minikube/profiles/todo");
        const { message } = (await without.diff(machine.urn, state, state).catch((error: unknown) => error)) as Error;
        assert.match(message, /If it is this stack's: Save its data first\. This removes it .*network rm todo$/);
      });

      it("names the pod and the command by which the program saves its data", async () => {
        const state = await up();
        await machine.remove(".minikube/profiles/todo");
        await refuses(
          (await told(state)).diff(machine.urn, state, state),
          /mkdir -p backups; .*name=k8s_database_data-0\) pg_dump --format=custom' > backups\/saved\.dump\)/,
        );
      });

      it("goes by the copy of a mark that a power cut has left half-written", async () => {
        const state = await up();
        await machine.file(".minikube/profiles/todo/todo-stack.json", "");
        assert.deepEqual(await machine.cluster().diff(machine.urn, state, state), { changes: false });
      });

      for (const [what, prepare] of [
        ["by its own ID", () => Promise.resolve()],
        [
          "by the key that Minikube has made for it, where the mark is from before",
          async (state: ClusterState) => {
            const { container: _none, ...before } = readMark(state) ?? { owner: "", instance: "" };
            writeMark(state, before);
            await machine.file(".minikube/machines/todo/id_rsa.pub", "ssh-rsa AAAAB3Nz\n");
            await machine.file("authorized-keys", "authorized_keys\u0000ssh-rsa AAAAB3Nz\n\u0000");
            await machine.file("id-of-container", "another");
          },
        ],
      ] as const) {
        it(`knows its container again ${what} when an upgrade of Docker has renamed the engine`, async () => {
          await machine.file("id-of-container", "0123abcd");
          const state = await up();
          await prepare(state);
          await machine.file("engine", "engine-2");
          assert.deepEqual(await machine.cluster().diff(machine.urn, state, state), { changes: true });
          await machine.cluster().update(machine.urn, state, state);
          assert.equal(readMark(state)?.engine?.id, "engine-2");
          assert.deepEqual(await machine.cluster().diff(machine.urn, state, state), { changes: false });
          const starts = (await machine.didMinikube()).filter((command) => command === "start");
          assert.equal(starts.length, 1, "its pods need not be restarted");
        });
      }

      it("gives up one in another engine when a person has agreed to exactly that", async () => {
        const state = await up();
        await machine.remove("container-todo");
        await machine.file("engine", "engine-2");
        const cluster = machine.cluster(machine.agreement(state.instance));
        assert.deepEqual((await cluster.diff(machine.urn, state, state)).replaces, ["instance"]);
      });

      it("completes a mark from before Docker engines were written down, and restarts nothing", async () => {
        const state = await up();
        const mark = readMark(state);
        assert.ok(mark !== undefined);
        const { owner, instance, made = {} } = mark;
        writeMark(state, { owner, instance, made });
        assert.deepEqual(await machine.cluster().diff(machine.urn, state, state), { changes: true });
        await machine.cluster().update(machine.urn, state, state);
        assert.deepEqual(readMark(state), mark);
        assert.deepEqual(await machine.cluster().diff(machine.urn, state, state), { changes: false });
        const starts = (await machine.didMinikube()).filter((command) => command === "start");
        assert.equal(starts.length, 1, "its pods need not be restarted");
      });
    });

    it("takes a cluster for one to start when Docker is down, so that a preview needs no Docker", async () => {
      const state = await up();
      await machine.stopDocker();
      assert.deepEqual(await machine.cluster().diff(machine.urn, state, state), { changes: true });
    });

    it("takes a cluster for one to start when there is no docker command", async () => {
      const state = await up();
      const cluster = machine.cluster({ PATH: await machine.emptyPath() });
      assert.deepEqual(await cluster.diff(machine.urn, state, state), { changes: true });
    });

    it("refuses another port that is taken, before the old cluster goes", async () => {
      const state = await up();
      const port = await takenPort();
      const news = { ...state, ports: [`127.0.0.1:${port}:30080`] };
      await refuses(machine.cluster().diff(machine.urn, state, news), new RegExp(`^Port ${port} .*is taken`));
    });

    it("leaves a port alone that a start of this stack may hold, which was interrupted after the old cluster went", async () => {
      const state = await up();
      await machine.mark({ owner: ownerOf(machine.urn), instance: "another" });
      await machine.remove(".minikube/profiles/todo/todo-stack.json.copy");
      const news = { ...state, ports: [`127.0.0.1:${await takenPort()}:30080`], instance: "another" };
      const { replaces } = await machine.cluster().diff(machine.urn, state, news);
      assert.deepEqual(replaces, ["ports"]);
    });

    it("refuses another profile, since the old cluster would go without a word", async () => {
      const state = await up();
      const diff = machine.cluster().diff(machine.urn, state, { ...state, profile: "other" });
      await refuses(diff, /is todo; it cannot be renamed to other.*\n.*destroy/);
    });
  });

  describe("create", () => {
    it("starts the cluster with its own home and kubeconfig, never the user's", async () => {
      const cluster = machine.cluster({ KUBECONFIG: "/users/own" });
      const inputs = await machine.checked({ ports: ["127.0.0.1:1:30080"] });
      const { id, state } = await cluster.create(machine.urn, inputs);
      assert.equal(id, "todo");
      const nodeStarted = "2026-01-02T03:04:05.6Z";
      const outputs = { dockerHost: "tcp://192.0.2.7:2376", nodeStarted };
      assert.deepEqual(state, { ...inputs, ...outputs });
      const [start] = await machine.minikubeCalls();
      assert.deepEqual(start?.args, [
        ...["start", "-p", "todo", "--driver=docker", "--container-runtime=docker", "--kubernetes-version=v1.34.4"],
        ...["--cpus=4", "--memory=8192", "--ports=127.0.0.1:1:30080"],
        ...["--embed-certs", "--interactive=false", "--output=json"],
      ]);
      for (const { env } of await machine.minikubeCalls()) {
        assert.equal(env["KUBECONFIG"], machine.kubeconfig);
        assert.equal(env["MINIKUBE_HOME"], inputs.home);
      }
    });

    it("gives a cluster for several nodes the network of kube-router, and asks Docker where its daemon is", async () => {
      const { dockerHost } = await up({ network: "kube-router" });
      assert.equal(dockerHost, "tcp://127.0.0.1:49153");
      const [start, ...more] = await machine.minikubeCalls();
      const network = resolve("provider/cluster/kubernetes/kube-router-network.yaml");
      assert.ok(start?.args.includes(`--cni=${network}`), start?.args.join(" "));
      assert.deepEqual(more, [], "Minikube does not say where the daemon of a cluster with several nodes is");
    });

    it("forgets further nodes whose containers are gone, which Minikube would make again with the first one's port", async () => {
      const state = await up({ network: "kube-router" });
      const file = join(machine.profile(), "config.json");
      await writeFile(file, JSON.stringify({ Nodes: [{ Name: "" }, { Name: "m02" }, { Name: "m03" }], Name: "todo" }));
      await machine.file("container-todo-m03", "exited");
      await machine.file("container-todo", "exited");
      await machine.cluster().update(machine.urn, state, state);
      const kept = { Nodes: [{ Name: "" }, { Name: "m03" }], Name: "todo" };
      assert.deepEqual(JSON.parse(await readFile(file, "utf8")), kept);
    });

    it("shows Minikube's steps", async () => {
      await up();
      assert.ok(machine.progress.includes("3/19 Pulling base image"), machine.progress.join("\n"));
    });

    it("leaves its mark, and in it how the cluster was made", async () => {
      await machine.file("id-of-container", "0123abcd");
      const state = await up();
      const made = { driver: "docker", cpus: 4, memory: 8192, ports: [], containerRuntime: "docker" };
      const engine = { id: "engine-1", host: "unix:///run/docker.sock" };
      const mark = { owner: ownerOf(machine.urn), instance: state.instance, made, engine, container: "0123abcd" };
      assert.deepEqual(readMark(state), mark);
    });

    it("P3: lowers what it asks for to what Docker has, with a word", async () => {
      await machine.file("capacity", `2 ${6_000 * 2 ** 20}`);
      await up();
      const [start] = await machine.minikubeCalls();
      assert.ok(start?.args.includes("--cpus=2") && start.args.includes("--memory=4352"), start?.args.join(" "));
      assert.deepEqual(machine.said, [
        "There are 2 CPUs: the cluster gets 2 instead of 4.",
        "There are 6000 MB: the cluster gets 4352 MB instead of 8192 MB.",
      ]);
    });

    it("P3: never lowers below 2048 MB", async () => {
      await machine.file("capacity", `2 ${2_100 * 2 ** 20}`);
      await up();
      assert.ok((await machine.minikubeCalls())[0]?.args.includes("--memory=2048"));
    });

    it("is done when images can be built in it, while Kubernetes still starts", async () => {
      await machine.file("kubernetes-hangs");
      const inputs = await machine.checked();
      const { state } = await machine.cluster().create(machine.urn, inputs);
      assert.equal(state.dockerHost, "tcp://192.0.2.7:2376");
      assert.equal(readMark(state)?.made, undefined, "an `up` that is killed now leaves nothing worth keeping");
      await machine.remove("kubernetes-hangs");
      await machine.starts.wait(state.instance, machine.urn);
      assert.notEqual(readMark(state)?.made, undefined);
      const settings = (await machine.dockerCalls()).filter(({ args }) => args[1] === "exec");
      assert.deepEqual(
        settings.map(({ args }) => args.slice(2)),
        [["todo", "sysctl", "-w", "net.ipv4.conf.all.route_localnet=1"]],
        "what is built now could look up no name",
      );
    });

    it("waits for all of it where what is built could look up no name before", async () => {
      await machine.file("exec-fails");
      const { state } = await machine.cluster().create(machine.urn, await machine.checked());
      assert.notEqual(readMark(state)?.made, undefined);
    });

    it("waits for all of it with a driver that does not say when its daemon is as it will stay", async () => {
      await machine.file("kubernetes-hangs");
      const creation = machine.cluster().create(machine.urn, await machine.checked({ driver: "kvm2" }));
      while (!machine.has("daemon-runs")) await setTimeout(20);
      await setTimeout(200);
      assert.deepEqual(await machine.didMinikube(), ["start"]);
      await machine.remove("kubernetes-hangs");
      const { state } = await creation;
      assert.notEqual(readMark(state)?.made, undefined);
    });

    it("is removed when its Kubernetes does not start", async () => {
      await machine.file("kubernetes-fails");
      await refuses(up(), /^minikube start failed for profile todo: no etcd\n {2}Look\.$/);
      assert.deepEqual(machine.inDocker(), []);
      assert.equal(existsSync(machine.profile()), false);
    });

    it("is made anew after an `up` that was killed before its Kubernetes ran", async () => {
      const state = await up();
      const { owner, instance } = readMark(state) ?? { owner: "", instance: "" };
      writeMark(state, { owner, instance });
      assert.deepEqual((await machine.cluster().diff(machine.urn, state, state)).replaces, ["instance"]);
      assert.deepEqual(await machine.cluster().read(machine.urn, state), state, "a refresh must not forget it");
    });

    describe("when Pulumi's state was lost", () => {
      it("takes the cluster over that this stack has made", async () => {
        const before = await up();
        const after = await up();
        assert.equal(after.instance, before.instance, "what is in it must be found again");
        assert.ok(!(await machine.didMinikube()).includes("delete"), "its data must be kept");
        assert.match(machine.said.join(), /state of this stack was lost: its cluster todo is taken over/);
      });

      it("starts it if it is stopped", async () => {
        await up();
        await machine.file("container-todo", "exited");
        await up();
        assert.equal((await readFile(join(machine.folder, "container-todo"), "utf8")).trim(), "running");
      });

      it("refuses it when it was made with other settings, and says which", async () => {
        const before = await up();
        const calls = (await machine.minikubeCalls()).length;
        await refuses(
          up({ memory: 4096 }),
          /does not know its cluster todo.*was made with memory 8192\.\n.*config set/,
        );
        assert.equal((await machine.minikubeCalls()).length, calls, "nothing may be changed");
        assert.equal(readMark(before)?.instance, before.instance);
      });

      it("makes a new one when its container is gone", async () => {
        const before = await up();
        for (const thing of ["container-todo", "volume-todo"]) await machine.remove(thing);
        assert.notEqual((await up()).instance, before.instance);
      });

      it("does not take its volume away, which is still there", async () => {
        await up();
        await machine.remove("container-todo");
        await refuses(up(), /still has its volume todo/);
        assert.ok(machine.has("volume-todo"));
      });

      it("does not take it away when Docker comes up after nobody could say whether it is there", async () => {
        const before = await up();
        await machine.stopDocker();
        const inputs = await machine.checked();
        assert.notEqual(inputs.instance, before.instance);
        await machine.remove("docker-is-down");
        await refuses(
          machine.cluster().create(machine.urn, inputs),
          /still exists\. It does\.\n.*takes the cluster over, with its data/,
        );
        assert.ok(machine.has("container-todo"));
        assert.equal((await up()).instance, before.instance);
      });

      it("is not asked for in another Docker engine, where nobody can see it", async () => {
        await up();
        await machine.remove("container-todo");
        await machine.file("engine", "engine-2");
        await refuses(up(), /^The cluster todo of this stack is in another Docker engine/);
        assert.ok(!(await machine.didMinikube()).includes("delete"));
      });
    });

    it("is another life when it is replaced, although the old one is still there when that is decided", async () => {
      const cluster = machine.cluster();
      const state = await up();
      await cluster.check(machine.urn, state, machine.inputs({ cpus: 2 }));
      const replacement = await cluster.check(machine.urn, {}, machine.inputs({ cpus: 2 }));
      assert.notEqual(replacement.instance, state.instance, "images, secrets and release would not be made anew");
    });

    it("starts anew after a start that was interrupted", async () => {
      await machine.mark({ owner: ownerOf(machine.urn), instance: "interrupted" });
      await machine.file("container-todo", "running");
      await up();
      assert.deepEqual(await machine.didMinikube(), ["delete", "start", "docker-env"]);
    });

    it("says while it starts in which Docker engine it is, and leaves what has its name in another one alone", async () => {
      await machine.file("kubernetes-hangs");
      const { state } = await machine.cluster().create(machine.urn, await machine.checked());
      const { engine, made } = readMark(state) ?? {};
      assert.equal(made, undefined);
      assert.deepEqual(engine, { id: "engine-1", host: "unix:///run/docker.sock" });
      await machine.file("engine", "engine-2");
      await refuses(up(), /^The cluster todo of this stack is in another Docker engine/);
      assert.ok(machine.has("container-todo"));
      assert.ok(!(await machine.didMinikube()).includes("delete"));
      await machine.remove("kubernetes-hangs");
      await machine.starts.wait(state.instance, machine.urn);
    });

    it("starts anew after a start that was killed while a container of Minikube filled the volume", async () => {
      await machine.mark({ owner: ownerOf(machine.urn), instance: "interrupted" });
      await machine.file("volume-todo");
      await machine.file("users-of-volume", "0123abcd");
      await up();
      assert.ok(!machine.has("users-of-volume"), "it would hold the volume for ever");
    });

    it("removes what a failed start has made, and says what Minikube said", async () => {
      await machine.file("start-fails");
      await refuses(up(), /^minikube start failed for profile todo: no space left\n {2}Free some\.$/);
      assert.deepEqual(machine.inDocker(), []);
      assert.equal(existsSync(machine.profile()), false);
    });

    it("ends Minikube when the user cancels, and leaves the mark for the next time", async () => {
      await machine.file("start-hangs");
      const creation = refuses(up(), /cancelled/);
      while (!machine.has("started")) await setTimeout(20);
      machine.cancel();
      await creation;
      assert.deepEqual(await machine.didMinikube(), ["start"]);
      assert.ok(existsSync(machine.profile()), "without the mark the next up would take it for somebody else's");
    });

    const refusals: [string, () => Promise<unknown>, RegExp][] = [
      ["Docker is down", () => machine.stopDocker(), /^Docker does not answer.*Cannot connect.*\n.*[Ss]tart/],
      ["Docker has one CPU", () => machine.file("capacity", `1 ${8_000 * 2 ** 20}`), /1 CPUs .*at least 2 CPUs/],
      ["Docker has little memory", () => machine.file("capacity", `4 ${1_000 * 2 ** 20}`), /1000 MB .*2048 MB/],
      ["a container has its name", () => machine.file("container-todo", "exited"), /container todo .*not made/],
      ["a volume has its name", () => machine.file("volume-todo"), /volume todo .*not made/],
      ["a network has its name", () => machine.file("network-todo"), /network todo .*not made/],
      ["another stack has the profile", () => machine.mark({ owner: "/x (stack y)", instance: "z" }), /belongs to \/x/],
      [
        "another stack of this checkout has the profile",
        () => machine.mark({ owner: ownerOf(urnOf("other")), instance: "z" }),
        /todo belongs to .*\(stack other\)/,
      ],
      [
        "the profile is of nobody we know",
        async () => {
          await machine.mark({ owner: "", instance: "" });
          await machine.remove(".minikube/profiles/todo/todo-stack.json");
          await machine.remove(".minikube/profiles/todo/todo-stack.json.copy");
        },
        /profile todo that this stack has not made\.\n.*config set profile/,
      ],
    ];
    for (const [what, prepare, message] of refusals) {
      it(`refuses when ${what}, and changes nothing`, async () => {
        await prepare();
        const before = machine.inDocker();
        await refuses(up(), message);
        assert.deepEqual(await machine.didMinikube(), []);
        assert.deepEqual(machine.inDocker(), before);
      });
    }

    it("refuses when there is no docker command", async () => {
      const cluster = machine.cluster({ PATH: await machine.emptyPath() });
      await refuses(cluster.create(machine.urn, await machine.checked()), /Docker .*no command docker on PATH/);
    });

    it("refuses a port that is taken, and changes nothing", async () => {
      const port = await takenPort();
      await refuses(up({ ports: [`127.0.0.1:${port}:30080`] }), new RegExp(`^Port ${port} on 127.0.0.1 is taken`));
      assert.deepEqual(await machine.didMinikube(), []);
      assert.equal(existsSync(machine.profile()), false, "a mark would make somebody else's profile ours");
    });

    it("refuses a port that is taken on ::1, where a browser may look for localhost first", async function () {
      // Some containers have no IPv6.
      if (!existsSync("/proc/net/if_inet6")) this.skip();
      const port = await takenPort("::1");
      await refuses(up({ ports: [`127.0.0.1:${port}:30080`] }), new RegExp(`^Port ${port} on ::1 is taken`));
      assert.deepEqual(await machine.didMinikube(), []);
    });

    it("does not send commands into a cluster to which the user's shell points", async () => {
      const shell = {
        MINIKUBE_ACTIVE_DOCKERD: "other",
        DOCKER_HOST: "tcp://other:2376",
        DOCKER_TLS_VERIFY: "1",
        MINIKUBE_EXISTING_DOCKER_HOST: "unix:///own.sock",
      };
      await machine.cluster(shell).create(machine.urn, await machine.checked());
      const [{ env } = { env: {} as Record<string, string> }] = await machine.minikubeCalls();
      assert.equal(env["DOCKER_HOST"], "unix:///own.sock");
      assert.equal(env["DOCKER_TLS_VERIFY"], undefined);
      assert.equal(env["MINIKUBE_ACTIVE_DOCKERD"], undefined);
    });
  });

  describe("with a shell that points Docker elsewhere", () => {
    const shells: [string, NodeJS.ProcessEnv, string | undefined][] = [
      ["another machine", { DOCKER_HOST: "ssh://production", DOCKER_TLS_VERIFY: "1" }, undefined],
      ["another machine by a context", { DOCKER_CONTEXT: "production" }, undefined],
      [
        "another socket of this machine",
        { DOCKER_HOST: "unix:///run/user/1/docker.sock" },
        "unix:///run/user/1/docker.sock",
      ],
    ];
    for (const [what, shell, host] of shells) {
      it(`${host === undefined ? "does not go" : "goes"} to ${what}`, async () => {
        await machine.cluster(shell).create(machine.urn, await machine.checked());
        for (const { env } of await machine.minikubeCalls()) {
          assert.equal(env["DOCKER_HOST"], host);
          assert.equal(env["DOCKER_CONTEXT"], undefined);
          assert.equal(env["DOCKER_TLS_VERIFY"], undefined);
        }
      });
    }

    it("refuses when Docker's own current context is another machine", async () => {
      await machine.file("docker-context", "ssh://production");
      await refuses(up(), /leads to another machine, ssh:\/\/production.*\n.*docker context use default/);
      assert.deepEqual(await machine.didMinikube(), []);
    });
  });

  describe("read", () => {
    it("finds a cluster that is there", async () => {
      const state = await up();
      assert.deepEqual(await machine.cluster().read(machine.urn, state), state);
    });

    it("finds a stopped cluster, and believes in one that it cannot ask for", async () => {
      const state = await up();
      await machine.file("container-todo", "exited");
      assert.deepEqual(await machine.cluster().read(machine.urn, state), state);
      await machine.stopDocker();
      assert.deepEqual(await machine.cluster().read(machine.urn, state), state);
    });

    it("finds nothing when the cluster is gone", async () => {
      const state = await up();
      for (const thing of ["container-todo", "volume-todo"]) await machine.remove(thing);
      assert.equal(await machine.cluster().read(machine.urn, state), undefined);
    });
  });

  describe("when its state was put back from an older copy", () => {
    it("takes over the cluster that this stack has made since, with its data", async () => {
      const made = await up();
      const old = { ...made, instance: "older" };
      const cluster = machine.cluster();
      const news = await cluster.check(machine.urn, old, machine.inputs());
      assert.deepEqual(await cluster.diff(machine.urn, old, news), { changes: true });
      const state = await cluster.update(machine.urn, old, news);
      assert.equal(state.instance, made.instance, "what is in the older cluster must not be taken to be in this one");
      assert.equal(readMark(state)?.instance, made.instance);
      assert.ok(!(await machine.didMinikube()).includes("delete"), "its data must be kept");
      assert.deepEqual(await machine.cluster().diff(machine.urn, state, state), { changes: false });
    });

    it("loses nothing for how the older cluster was made, where this one was made as the settings say", async () => {
      const made = await up();
      const old = { ...made, instance: "older", memory: 4096 };
      const news = await machine.cluster().check(machine.urn, old, machine.inputs());
      assert.deepEqual(await machine.cluster().diff(machine.urn, old, news), { changes: true });
    });

    it("refuses settings that were put back too, and does not write them down for how it was made", async () => {
      const made = await up();
      const old = { ...made, instance: "older", memory: 4096 };
      const news = await machine.cluster().check(machine.urn, old, machine.inputs({ memory: 4096 }));
      await refuses(
        machine.cluster().diff(machine.urn, old, news),
        /does not know its cluster todo any more, which was made with memory 8192\.\n {2}To keep it .*config set/,
      );
      assert.equal(readMark(made)?.made?.["memory"], 8192);
    });
  });

  describe("update", () => {
    it("starts the cluster as it was made", async () => {
      const state = await up();
      await machine.file("container-todo", "exited");
      assert.deepEqual(await machine.cluster().update(machine.urn, state, state), state);
      const starts = (await machine.minikubeCalls()).filter(({ args }) => args[0] === "start");
      assert.deepEqual(starts[1]?.args, starts[0]?.args);
    });

    describe("of a cluster that is stopped, and whose network was pruned", () => {
      const withoutNetwork = async (): Promise<ClusterState> => {
        const state = await up({ network: "kube-router" });
        await writeFile(join(machine.profile(), "config.json"), '{"Nodes":[{"Name":""},{"Name":"m02"}]}');
        for (const [index, name] of ["todo", "todo-m02"].entries()) {
          await machine.file(`container-${name}`, "exited");
          const todo = { IPAMConfig: { IPv4Address: `192.168.58.${index + 2}` }, NetworkID: "0123", IPAddress: "" };
          await machine.file(`networks-of-${name}`, JSON.stringify({ todo }));
        }
        await machine.remove("network-todo");
        return state;
      };

      it("makes the network anew, in which each of its machines has its address", async () => {
        const state = await withoutNetwork();
        await machine.cluster().update(machine.urn, state, state);
        const calls = (await machine.dockerCalls()).map(({ args }) => args.join(" "));
        assert.deepEqual(
          calls.filter((call) => /^network (create|connect|disconnect)/.test(call)),
          [
            "network create --driver=bridge --subnet=192.168.58.0/24 --gateway=192.168.58.1 -o --ip-masq -o --icc " +
              "-o com.docker.network.driver.mtu=1450 --label=created_by.minikube.sigs.k8s.io=true todo",
            "network disconnect --force todo todo",
            "network connect --ip 192.168.58.2 todo todo",
            "network disconnect --force todo todo-m02",
            "network connect --ip 192.168.58.3 todo todo-m02",
          ],
        );
      });

      it("says what to do where its addresses are another network's by now", async () => {
        const state = await withoutNetwork();
        await machine.file("network-refused");
        await refuses(
          machine.cluster().update(machine.urn, state, state),
          /^The network todo of the cluster is gone, .*Pool overlaps.*\n {2}The data are kept\. .*docker network rm NAME/,
        );
      });

      it("leaves alone what runs, and what is not there", async () => {
        const state = await withoutNetwork();
        await machine.file("container-todo", "running");
        await machine.remove("container-todo-m02");
        await machine
          .cluster()
          .update(machine.urn, { ...state, kubernetesVersion: "v1.34.0" }, state)
          .catch(() => undefined);
        const calls = (await machine.dockerCalls()).map(({ args }) => args.slice(0, 2).join(" "));
        assert.ok(!calls.includes("network create"));
      });
    });

    it("refuses to start what is not ours", async () => {
      const state = await up();
      await machine.mark({ owner: "another", instance: "another" });
      await refuses(
        machine.cluster().update(machine.urn, state, state),
        /todo is not the one that this stack has made/,
      );
      assert.deepEqual(await machine.didMinikube(), ["start", "docker-env"]);
    });
  });

  describe("delete", () => {
    it("removes the network that Minikube leaves where there were several nodes", async () => {
      const state = await up({ network: "kube-router" });
      await machine.file("delete-leaves-network");
      await machine.cluster().delete(machine.urn, state);
      assert.deepEqual(machine.inDocker(), []);
    });

    it("removes the volumes of further nodes too, and says what remains of one", async () => {
      const state = await up({ network: "kube-router" });
      const nodes = JSON.stringify({ Nodes: [{ Name: "" }, { Name: "m02" }] });
      await writeFile(join(machine.profile(), "config.json"), nodes);
      await machine.file("volume-todo-m02");
      await machine.file("container-todo-m02");
      await refuses(
        machine.cluster().delete(machine.urn, state),
        /not completely removed\. Left: container todo-m02\./,
      );
      assert.deepEqual(machine.inDocker(), ["container-todo-m02"]);
    });

    it("leaves nothing", async () => {
      const state = await up();
      await machine.cluster().delete(machine.urn, state);
      assert.deepEqual(machine.inDocker(), []);
      assert.equal(existsSync(machine.profile()), false);
      assert.equal(existsSync(machine.kubeconfig), false);
    });

    it("fails loudly when something is left", async () => {
      const state = await up();
      await machine.file("delete-forgets");
      await refuses(machine.cluster().delete(machine.urn, state), /Left: container todo, network todo\.\n/);
    });

    it("refuses a replacement that no comparison has announced, as by `pulumi up --replace`", async () => {
      const state = await up();
      for (const [env, removed] of [
        [{}, false],
        [machine.agreement(state.instance), true],
      ] as const) {
        const cluster = machine.cluster(env);
        await cluster.check(machine.urn, {}, machine.inputs());
        const deletion = cluster.delete(machine.urn, state);
        await (removed ? deletion : refuses(deletion, /all data in todo will be lost/));
        assert.equal(!machine.has("container-todo"), removed);
      }
    });

    it("refuses a replacement that Pulumi is told to do, before anything in the cluster is deleted", async () => {
      const file = ".state/.pulumi/stacks/todo-stack/test.json";
      await using checkout = await createFixture({ [file]: "{}" });
      const before = process.cwd();
      process.chdir(checkout.path);
      try {
        const made = await up();
        const resources = [{ urn: machine.urn, type: "minikube:index:Cluster", inputs: made }];
        await checkout.writeFile(file, JSON.stringify({ checkpoint: { latest: { resources } } }));
        const check = (env: NodeJS.ProcessEnv) => machine.cluster(env).check(machine.urn, {}, machine.inputs());
        await refuses(check({}), /^To replace it means a new cluster: all data in todo will be lost/);
        assert.notEqual((await check(machine.agreement(made.instance))).instance, made.instance);
      } finally {
        process.chdir(before);
      }
    });

    it("refuses such a replacement in a project of another name too", async () => {
      const made = await up();
      const urn = machine.urn.replace("::todo-stack::", "::any-app::");
      assert.notEqual(urn, machine.urn);
      const resources = [{ urn, type: "minikube:index:Cluster", inputs: made }];
      const text = JSON.stringify({ checkpoint: { latest: { resources } } });
      await using states = await createFixture({ ".pulumi/stacks/any-app/test.json": text });
      const cluster = machine.cluster({ PULUMI_BACKEND_URL: `file://${states.path}` });
      await refuses(cluster.check(urn, {}, machine.inputs()), /^To replace it means a new cluster: all data in todo/);
    });

    for (const [what, registers] of [
      ["registers other resources alone", true],
      ["registers nothing", false],
    ] as const) {
      it(`is refused where a program runs that ${what}, unless a person has agreed`, async () => {
        const state = await up();
        const deletion = async (agreement: NodeJS.ProcessEnv = {}): Promise<void> => {
          const cluster = machine.cluster(agreement, false);
          if (registers) {
            const other = machine.inputs({ profile: "other", kubeconfig: `${machine.kubeconfig}.other` });
            await cluster.check(urnOf("test").replace(/todo$/, "other"), {}, other);
          }
          await cluster.delete(machine.urn, state);
        };
        await refuses(deletion(), /^The program does not register the cluster todo any more: all data in todo will be/);
        assert.ok(machine.has("container-todo"));
        await deletion(machine.agreement(state.instance));
        assert.ok(!machine.has("container-todo"));
      });
    }

    it("leaves alone what the program registers by another name, which has taken it over", async () => {
      const state = await up();
      const cluster = machine.cluster(machine.agreement(state.instance));
      const urn = machine.urn.replace(/todo$/, "renamed");
      const inputs = await cluster.check(urn, {}, machine.inputs());
      assert.equal((await cluster.create(urn, inputs)).state.instance, state.instance);
      await cluster.delete(machine.urn, state);
      assert.ok(machine.has("container-todo") && existsSync(machine.kubeconfig));
      assert.match(machine.said.join(), /cluster todo is kept: the program registers it by another name/);
    });

    it("fails when the cluster is in another Docker engine, also where this one has a container of its name", async () => {
      const state = await up();
      await machine.file("engine", "engine-2");
      const before = machine.inDocker();
      for (const work of [
        () => machine.cluster().delete(machine.urn, state),
        () => machine.cluster().diff(machine.urn, state, state),
        () => up(),
      ]) {
        await refuses(work(), /is in another Docker engine/);
      }
      assert.deepEqual(machine.inDocker(), before);
      assert.deepEqual(await machine.didMinikube(), ["start", "docker-env"]);
    });

    for (const things of [["container-todo"], []]) {
      it(`gives one up in another Docker engine, and leaves ${things[0] ?? "no container"} here alone`, async () => {
        const state = await up();
        await machine.file("engine", "engine-2");
        if (things.length === 0) await machine.remove("container-todo");
        await machine.file("users-of-volume", "0123abcd");
        const before = machine.inDocker();
        await machine.cluster(machine.agreement(state.instance)).delete(machine.urn, state);
        assert.deepEqual(machine.inDocker(), before, "that is another cluster's, which has the same name");
        assert.ok(machine.has("users-of-volume"));
        assert.equal(existsSync(machine.profile()), false);
        assert.deepEqual(await machine.didMinikube(), ["start", "docker-env"]);
      });
    }

    it("fails when nobody can say whose the cluster is, and so does not forget it", async () => {
      const state = await up();
      for (const file of ["todo-stack.json", "todo-stack.json.copy"]) {
        await machine.file(`.minikube/profiles/todo/${file}`, "{");
      }
      const before = machine.inDocker();
      await refuses(
        machine.cluster().delete(machine.urn, state),
        /^It is not known which stack owns Minikube profile todo/,
      );
      assert.deepEqual(machine.inDocker(), before);
    });

    it("fails when the cluster is in another Docker engine", async () => {
      const state = await up();
      await machine.remove("container-todo");
      await machine.file("engine", "engine-2");
      await refuses(machine.cluster().delete(machine.urn, state), /is in another Docker engine/);
      assert.ok(existsSync(machine.profile()));
    });

    it("is content when the cluster is gone", async () => {
      const state = await up();
      for (const thing of [...machine.inDocker(), ".minikube/profiles/todo"]) await machine.remove(thing);
      await machine.cluster().delete(machine.urn, state);
      assert.deepEqual(await machine.didMinikube(), ["start", "docker-env"]);
    });

    it("leaves a cluster alone that is another's now", async () => {
      const state = await up();
      await machine.mark({ owner: "another", instance: "another" });
      const before = machine.inDocker();
      await machine.cluster().delete(machine.urn, state);
      assert.deepEqual(await machine.didMinikube(), ["start", "docker-env"]);
      assert.deepEqual(machine.inDocker(), before);
      assert.match(machine.said.join(), /todo belongs to somebody else now/);
    });

    it("does not touch a container of that name that cannot be shown to be ours", async () => {
      const state = await up();
      await machine.remove(".minikube/profiles/todo");
      await refuses(machine.cluster().delete(machine.urn, state), /Left: container todo, .*\n.*docker rm/);
      assert.deepEqual(await machine.didMinikube(), ["start", "docker-env"]);
    });

    it("fails when Docker is down, since nobody could say what is left", async () => {
      const state = await up();
      await machine.stopDocker();
      await refuses(machine.cluster().delete(machine.urn, state), /^Docker does not answer/);
      assert.ok(existsSync(machine.profile()));
    });

    it("removes what remains of a cluster whose container is gone", async () => {
      const state = await up();
      await machine.remove("container-todo");
      await machine.cluster().delete(machine.urn, state);
      assert.deepEqual(machine.inDocker(), []);
    });
  });

  describe("the words by which Docker says that there is nothing of a name", () => {
    const words = [
      "Error: No such container: todo",
      "Error response from daemon: No such container: todo",
      "Error response from daemon: get todo: no such volume",
      "Error response from daemon: network todo not found",
    ];
    for (const [index, word] of words.entries()) {
      it(`are understood: ${word}`, async () => {
        await machine.file("no-such", word);
        await up({ profile: `todo${index}` });
      });
    }
  });

  describe("on a virtual machine, of which Docker knows nothing", () => {
    const states: [string, object][] = [
      ['{"Name":"todo","Host":"Running"}', { changes: false }],
      ['{"Name":"todo","Host":"Stopped"}', { changes: true }],
      ['{"Name":"todo","Host":"Nonexistent"}', { changes: true, replaces: ["instance"] }],
      ["no answer", { changes: true }],
    ];
    for (const [status, difference] of states) {
      it(`finds ${JSON.stringify(difference)} when Minikube says ${status}`, async () => {
        const inputs = await machine.checked({ driver: "kvm2" });
        const state: ClusterState = { ...inputs, dockerHost: "tcp://192.0.2.7:2376" };
        await machine.mark({ owner: ownerOf(machine.urn), instance: state.instance, made: {} });
        await cp(machine.api.kubeconfig, machine.kubeconfig);
        await machine.file("status", status);
        assert.deepEqual(await machine.cluster().diff(machine.urn, state, state), difference);
      });
    }
  });
});
