import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmod, readFile, readdir } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { join, relative } from "node:path";
import process from "node:process";
import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";
import { examine, report } from "../../../cli/doctor/doctor.ts";
import type { Finding } from "../../../cli/doctor/verdicts.ts";
import { backendUrl, checkout } from "../../../machine/paths.ts";
import { plainSettings, workspaceFile } from "../../../state/stack-files.ts";
import { FakeApi } from "../../provider/fake-api.ts";
import { assertFinding } from "./assert-finding.ts";
import { FakeStack } from "../../helpers/pretended/fake-stack.ts";

describe("npm run doctor", () => {
  it("lays out what it finds, with what to do under it, and counts", () => {
    const findings: Finding[] = [
      { name: "Docker", verdict: "pass", text: "answers" },
      { name: "a port", verdict: "fail", text: "is taken", next: "Free it" },
    ];
    assert.deepEqual(stripVTControlCharacters(report(findings)).split("\n"), [
      "pass  Docker  answers",
      "fail  a port  is taken",
      "              → Free it",
      "                docs/doctor.md#a-port",
      "",
      "1 pass, 0 warn, 1 fail",
    ]);
  });

  it("leads to a heading of the docs for everything that it looks at", async () => {
    const docs = await readFile(join(checkout, "docs/doctor.md"), "utf8");
    const headings = [...docs.matchAll(/^## (.*)$/gm)].map(([, name = ""]) => name);
    const folder = join(checkout, "cli/doctor");
    const sources = (await readdir(folder)).map((file) => join(folder, file));
    const text = (await Promise.all(sources.map((file) => readFile(file, "utf8")))).join("\n");
    const literal = /(?:(?:pass|warn|fail|failBy|notSaid)\(\s*|const name = (?:\w+ \? "Gateway" : )?)"([^"]+)"/g;
    const names = new Set([...text.matchAll(literal)].map(([, name = ""]) => name));
    assert.ok(names.size >= 25, `too few names found: ${[...names].join()}`);
    assert.deepEqual(
      [...names].filter((name) => !headings.includes(name)),
      [],
    );
    assert.deepEqual(
      ["Node", "pulumi", "minikube", "helm", "Gateway"].filter((name) => !headings.includes(name)),
      [],
    );
  });

  describe("looks at a machine", () => {
    let stack: FakeStack;
    let somebody: Server;

    beforeEach(async () => {
      somebody = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
      await once(somebody, "listening");
      stack = await FakeStack.create({ "todo-stack:port": port(), "todo-stack:cpus": 4 });
      await chmod(await stack.file(".state/passphrase", "secret"), 0o600);
      await stack.state();
    });

    afterEach(async () => {
      somebody.close();
      await stack.remove();
    });

    const port = (): number => (somebody.address() as AddressInfo).port;
    const find = async (name: string): Promise<Finding | undefined> => {
      const findings = await examine({ ...stack.place, commands: stack.commands, env: { PATH: "/does/not/exist" } });
      return findings.find((finding) => finding.name === name);
    };

    it("where all is well", async () => {
      await new Promise((resolve) => somebody.close(resolve));
      const findings = await examine({ ...stack.place, commands: stack.commands, env: { PATH: "/does/not/exist" } });
      const own = ["Node", "Docker", "CPUs, memory", "port", "cluster", "state", "passphrase", "lock"];
      const passed = findings.filter(({ verdict }) => verdict === "pass").map(({ name }) => name);
      assert.deepEqual(
        own.filter((name) => !passed.includes(name)),
        [],
      );
    });

    for (const [PULUMI_STACK, verdict] of [
      ["", "pass"],
      ["dev", "pass"],
      ["organization/todo-stack/dev", "pass"],
      ["organization/todo-stack/other", "warn"],
    ] as const) {
      it(`by which Pulumi is told the stack: PULUMI_STACK=${PULUMI_STACK}`, async () => {
        const { folder } = stack.place;
        const stacks = { [backendUrl(join(folder, ".state"))]: "organization/todo-stack/dev" };
        await stack.file(relative(folder, workspaceFile(folder)), JSON.stringify({ stacks }));
        const env = { PATH: "/does/not/exist", PULUMI_STACK };
        const findings = await examine({ ...stack.place, commands: stack.commands, env });
        assert.equal(findings.find(({ name }) => name === "stack")?.verdict, verdict);
      });
    }

    it("where Docker is stopped", async () => {
      await stack.cluster("running");
      await stack.stopDocker();
      assertFinding(await find("Docker"), ["fail", /Docker does not answer/, /docker info/]);
      assertFinding(await find("cluster"), ["warn", /it is not known whether/, /Docker/]);
      assert.equal(await find("CPUs, memory"), undefined, "nobody knows what there is");
    });

    for (const [engine, files, text, next] of [
      [
        "whose socket is not for this user",
        {
          "docker-is-down":
            "permission denied while trying to connect to the docker API at unix:///var/run/docker.sock",
        },
        /permission denied/,
        /usermod -aG docker/,
      ],
      [
        "where Podman's command is called docker",
        { "docker-is-down": "can't evaluate field NCPU in type *define.Info" },
        /Podman answers here in place of Docker/,
        /Install Docker/,
      ],
      [
        "where Podman's engine answers Docker's command",
        { capacity: `8 ${16_000 * 2 ** 20} ["name=seccomp"] /home/user/.local/share/containers/storage` },
        /Podman answers here in place of Docker/,
        /unset DOCKER_HOST/,
      ],
      [
        "whose Docker is rootless",
        { capacity: `8 ${16_000 * 2 ** 20} ["name=rootless"] /home/user/.local/share/docker` },
        /without root rights here \(rootless\)/,
        /docker context use default/,
      ],
      [
        "whose Docker context leads to another machine",
        { "docker-context": "ssh://somebody@elsewhere" },
        /another machine, ssh:/,
        /docker context use default/,
      ],
    ] as const) {
      it(engine, async () => {
        for (const [name, content] of Object.entries(files)) await stack.inDocker(name, content);
        assertFinding(await find("Docker"), ["fail", text, next]);
        assert.equal(await find("CPUs, memory"), undefined, "such an engine gives a cluster nothing");
      });
    }

    it("whose settings ask for another profile than the cluster has", async () => {
      await stack.file("Pulumi.dev.yaml", "config: { 'todo-stack:profile': another }\n");
      await stack.state({ instance: "life-1", profile: "todo" });
      await stack.cluster("running");
      assertFinding(await find("cluster"), ["fail", /is todo, .* ask for another$/, /config set profile todo$/]);
    });

    it("on which somebody has a volume of the cluster's name", async () => {
      await stack.inDocker("volume-todo");
      assertFinding(await find("cluster"), [
        "fail",
        /a volume todo that this stack has not made/,
        /config set profile/,
      ]);
    });

    it("on which an interrupted start of this stack has left a volume", async () => {
      await stack.mark();
      await stack.inDocker("volume-todo");
      assertFinding(await find("cluster"), ["pass", /not made yet/]);
    });

    it("whose port is taken by somebody else, though a cluster of ours runs", async () => {
      await stack.cluster("running");
      assertFinding(await find("port"), ["fail", /taken/, /config set port/]);
    });

    it("whose port is taken by somebody else while the cluster is stopped", async () => {
      await stack.cluster("exited", { ExposedPorts: [`127.0.0.1:${port()}:30080`] });
      assertFinding(await find("port"), ["fail", /taken/, /config set port/]);
    });

    it("whose port is taken by the cluster", async () => {
      await stack.cluster("running", { ExposedPorts: [`127.0.0.1:${port()}:30080`] });
      assertFinding(await find("port"), ["pass", /leads to the cluster/]);
    });

    it("whose port is taken by the cluster, though Minikube was made to forget the port where nodes were added", async () => {
      const made = { driver: "docker", cpus: 2, memory: 2048, ports: [`127.0.0.1:${port()}:30080`] };
      await stack.state({ instance: "life-1", profile: "todo", made });
      await stack.cluster("running", { ExposedPorts: [] });
      assertFinding(await find("port"), ["pass", /leads to the cluster/]);
    });

    it("whose cluster has lost a node", async () => {
      await stack.cluster("running", { Nodes: [{ Name: "" }, { Name: "m02" }, { Name: "m03" }] });
      await stack.inDocker("container-todo-m02", "running");
      assertFinding(await find("nodes"), ["warn", /^todo-m03 is missing$/, /npx pulumi up/]);
    });

    it("whose cluster enforces no NetworkPolicies", async () => {
      const api = await FakeApi.start();
      try {
        await stack.cluster("running");
        await stack.kubernetes(api);
        assertFinding(await find("NetworkPolicies"), ["warn", /NOT enforced/, /up --refresh/]);
        api.objects.set("daemonsets/kube-router", { status: { numberReady: 0 } });
        assertFinding(await find("NetworkPolicies"), ["warn", /NOT enforced/, /up --refresh/]);
        api.objects.set("daemonsets/kube-router", { status: { numberReady: 1 } });
        assertFinding(await find("NetworkPolicies"), ["pass", /kube-router/]);
      } finally {
        await api.stop();
      }
    });

    it("whose cluster has a container runtime that cannot build", async () => {
      await stack.cluster("running", { KubernetesConfig: { ContainerRuntime: "containerd" } });
      assertFinding(await find("runtime"), ["fail", /containerd/, /npm run backup/]);
    });

    it("whose state is cut off", async () => {
      await stack.file(".state/.pulumi/stacks/todo-stack/dev.json", '{"checkpoint":');
      assertFinding(await find("state"), ["fail", /dev\.json is damaged/, /dev\.json\.bak/]);
    });

    it("on which another stack is selected", async () => {
      const { folder } = stack.place;
      const project = createHash("sha1").update(join(folder, "Pulumi.yaml")).digest("hex");
      const stacks = { [`file://${join(folder, ".state")}`]: "organization/todo-stack/demo" };
      const name = `.state/pulumi-home/workspaces/todo-stack-${project}-workspace.json`;
      await stack.file(name, JSON.stringify({ stacks }));
      assertFinding(await find("stack"), ["warn", /works on demo/, /npx pulumi stack select dev$/]);
    });

    it("whose passphrase can be read by others", async () => {
      await chmod(await stack.file(".state/passphrase", "secret"), 0o644);
      assertFinding(await find("passphrase"), ["fail", /others/, /chmod 600/]);
    });

    it("with a passphrase in the environment that does not open the state", async () => {
      const salt = "v1:bYdmWVWeB4k=:v1:o7Se47783HT2m8YR:RG433OKRgJEgOegdMOK+wTN1bTS55Q==";
      const latest = { secrets_providers: { type: "passphrase", state: { salt } } };
      await stack.file(".state/.pulumi/stacks/todo-stack/dev.json", JSON.stringify({ checkpoint: { latest } }));
      const env = { PATH: "/does/not/exist", PULUMI_CONFIG_PASSPHRASE: "surely another one" };
      const findings = await examine({ ...stack.place, commands: stack.commands, env });
      const found = findings.find(({ name }) => name === "passphrase");
      assertFinding(found, ["fail", /PULUMI_CONFIG_PASSPHRASE does not open the state/, /PULUMI_CONFIG_PASSPHRASE/]);
    });

    it("on which a run that takes the data along was killed", async () => {
      assert.equal(await find("data taken along"), undefined);
      const saved = { file: "/backups/dev.dump", contents: "accounts: 1, todos: 2", system: "1" };
      await stack.file(".state/keep-data-dev.json", JSON.stringify({ loss: "cluster/todo/1", saved }));
      const text = /may refuse changes; the data are in \S*dev\.dump \(accounts: 1, todos: 2\)$/;
      assertFinding(await find("data taken along"), ["warn", text, /npm start/]);
    });

    it("with the lock of a process that runs", async () => {
      await stack.lock(process.pid);
      assertFinding(await find("lock"), ["warn", new RegExp(`process ${process.pid}$`), /Wait until it has ended/]);
    });

    it("with the lock of a process that was killed", async () => {
      const { pid } = await killed();
      await stack.lock(pid);
      assertFinding(await find("lock"), ["warn", new RegExp(`process ${pid},`), /npx pulumi up --stack dev/]);
    });

    it("with the lock of another machine's process", async () => {
      await stack.lock(1, "elsewhere");
      assertFinding(await find("lock"), ["warn", /on elsewhere$/, /Wait until it has ended/]);
    });
  });

  for (const command of ["doctor", "status"]) {
    it(`ends with 1 for a stack that is not there, as JSON and without colour: ${command}`, async () => {
      const args = [join(checkout, "cli/main.ts"), command, "--json", "--stack", "nobodys"];
      const options = { reject: false, env: { FORCE_COLOR: undefined } };
      const { exitCode, stdout } = await execa(process.execPath, args, options);
      assert.equal(exitCode, 1);
      assert.ok(JSON.parse(stdout), "it must be JSON");
      const plain = await execa(process.execPath, args.toSpliced(2, 1), options);
      assert.equal(plain.stdout, stripVTControlCharacters(plain.stdout));
    });
  }

  it("refuses settings that are no YAML, and says where", async () => {
    const stack = await FakeStack.create();
    try {
      const path = await stack.file("Pulumi.dev.yaml", "config: {");
      assert.throws(
        () => plainSettings(stack.place.folder, "dev"),
        new RegExp(`${path} cannot be read.*\\n.*git diff`),
      );
    } finally {
      await stack.remove();
    }
  });
});

/** A process that has ended. */
async function killed(): Promise<{ pid: number }> {
  const command = execa("true");
  await command;
  return { pid: command.pid ?? 0 };
}
