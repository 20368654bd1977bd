import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmod, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";
import { UserError } from "../../provider/errors.ts";
import { examine, report } from "../../toolchain/doctor/doctor.ts";
import * as verdicts from "../../toolchain/doctor/verdicts.ts";
import type { Finding } from "../../toolchain/doctor/verdicts.ts";
import { checkout } from "../../toolchain/paths.ts";
import { plainSettings } from "../../toolchain/stack-files.ts";
import { FakeApi } from "../provider/fake-api.ts";
import { FakeStack } from "./fake-stack.ts";

type Expected = [verdict: Finding["verdict"], text: RegExp, next?: RegExp];

const assertFinding = (finding: Finding | undefined, [verdict, text, next]: Expected): void => {
  assert.equal(finding?.verdict, verdict, finding?.text);
  assert.match(finding.text, text);
  if (next === undefined) assert.equal(finding.next, undefined);
  else assert.match(finding.next ?? "", next);
};

const size = { cpus: 4, memory: 8192 };
const settings = { profile: "todo", driver: "docker", ...size, port: 30080, namespace: "todo" };
const mark = { owner: "/another/checkout (stack dev)", instance: "life-1" };
const tool = { name: "helm", accepts: "^3.18.0" };
const file = ".state/dev.json";

const table: [string, () => Finding | undefined, Expected][] = [
  ["a tool", () => verdicts.onTool({ ...tool, version: "3.20.2" }), ["pass", /^3\.20\.2$/]],
  [
    "a tool too old",
    () => verdicts.onTool({ ...tool, version: "3.17.9" }),
    ["fail", /3\.17\.9 is not/, /npm run setup/],
  ],
  ["no tool", () => verdicts.onTool({ ...tool, version: undefined }), ["fail", /missing/, /npm run setup/]],
  ["tools for tests", () => verdicts.onTestTools([{ ...tool, version: "3.20.2" }]), ["pass", /^helm 3\.20\.2$/]],
  ["no tools for tests", () => verdicts.onTestTools([{ ...tool, version: undefined }]), ["warn", /helm/, /npm test/]],
  ["Docker", () => verdicts.onDocker(size), ["pass", /4 CPUs and 8192 MB/]],
  [
    "no Docker",
    () => verdicts.onDocker(new UserError("It is down.", "Start it.")),
    ["fail", /^It is down\.$/, /^Start it\.$/],
  ],
  ["room enough", () => verdicts.onSize(size, { cpus: 8, memory: 16_000 }), ["pass", /4 CPUs and 8192 MB/]],
  ["less room", () => verdicts.onSize(size, { cpus: 2, memory: 16_000 }), ["warn", /2 instead of 4/, /more/]],
  [
    "too little room",
    () => verdicts.onSize(size, { cpus: 1, memory: 16_000 }),
    ["fail", /at least 2 CPUs/, /Give Docker more/],
  ],
  ["a free port", () => verdicts.onPort(30080, false, false), ["pass", /free/]],
  ["our port", () => verdicts.onPort(30080, true, true), ["pass", /leads to the cluster/]],
  ["a taken port", () => verdicts.onPort(30080, true, false), ["fail", /taken/, /config set port/]],
  ["no cluster yet", () => verdicts.onProfile({ settings, life: "missing", state: {} }, []), ["pass", /not made yet/]],
  [
    "a container of that name",
    () => verdicts.onProfile({ settings, life: "missing", state: {} }, ["container todo"]),
    ["fail", /a container todo that/, /config set profile/],
  ],
  [
    "a cluster that is gone",
    () => verdicts.onProfile({ settings, life: "missing", state: { instance: "life-1" } }, []),
    ["warn", /gone/, /empty database.*npx pulumi up/],
  ],
  [
    "somebody else's cluster",
    () => verdicts.onProfile({ settings, life: "foreign", state: {}, mark }, []),
    ["fail", /belongs to \/another\/checkout/, /config set profile/],
  ],
  [
    "a stopped cluster",
    () => verdicts.onProfile({ settings, life: "stopped", state: {} }, []),
    ["warn", /stopped/, /npm start/],
  ],
  [
    "an unknown cluster",
    () => verdicts.onProfile({ settings, life: "unknown", state: {} }, []),
    ["warn", /nobody/, /Docker/],
  ],
  ["a running cluster", () => verdicts.onProfile({ settings, life: "running", state: {} }, []), ["pass", /runs/]],
  ["the runtime", () => verdicts.onRuntime("docker"), ["pass", /docker/]],
  [
    "another runtime",
    () => verdicts.onRuntime("containerd"),
    ["fail", /containerd/, /npm run backup.*npm stop.*npm start/],
  ],
  ["enforced policies", () => verdicts.onNetworkPolicies("kube-router"), ["pass", /kube-router/]],
  ["unenforced policies", () => verdicts.onNetworkPolicies("none"), ["warn", /NOT enforced/, /up --refresh/]],
  ["a mute Kubernetes", () => verdicts.onNetworkPolicies(new Error("refused")), ["warn", /refused/, /npm run status/]],
  ["the state", () => verdicts.onState("granted", undefined, file), ["pass", /read and written/]],
  ["no state", () => verdicts.onState("missing", undefined, file), ["fail", /no folder/, /npm run setup/]],
  ["somebody else's state", () => verdicts.onState("denied", undefined, file), ["fail", /cannot be/, /chown.*\.state/]],
  [
    "a damaged state",
    () => verdicts.onState("granted", "it ends too early", file),
    ["fail", /damaged: it ends too early/, /cp \.state\/dev\.json\.bak \.state\/dev\.json$/],
  ],
  [
    "one's own passphrase",
    () => verdicts.onPassphrase("brought by the user", true),
    ["pass", /PULUMI_CONFIG_PASSPHRASE/],
  ],
  ["no passphrase yet", () => verdicts.onPassphrase("missing", false), ["fail", /not made/, /npm run setup/]],
  ["a lost passphrase", () => verdicts.onPassphrase("missing", true), ["fail", /missing/, /Put it back/]],
  ["a private passphrase", () => verdicts.onPassphrase({ mode: 0o600 }, true), ["pass", /you alone/]],
  [
    "a passphrase that the group can read",
    () => verdicts.onPassphrase({ mode: 0o640 }, true),
    ["fail", /others/, /chmod 600/],
  ],
  [
    "a passphrase that all can read",
    () => verdicts.onPassphrase({ mode: 0o604 }, true),
    ["fail", /others/, /chmod 600/],
  ],
  ["the stack", () => verdicts.onStack("dev", true, "dev"), ["pass", /dev/]],
  ["no stack", () => verdicts.onStack("dev", false, undefined), ["fail", /not made/, /npm run setup/]],
  ["another stack", () => verdicts.onStack("dev", true, "demo"), ["warn", /works on demo/, /stack select dev/]],
  ["no lock", () => verdicts.onLock("dev", []), ["pass", /none/]],
  [
    "a lock",
    () => verdicts.onLock("dev", [{ pid: 7, host: "a", alive: true }]),
    ["warn", /held by process 7$/, /Let it end/],
  ],
  ["a lock elsewhere", () => verdicts.onLock("dev", [{ pid: 7, host: "a" }]), ["warn", /process 7 on a/, /Let it end/]],
  [
    "a lock that was left",
    () =>
      verdicts.onLock("dev", [
        { pid: 6, host: "a", alive: true },
        { pid: 7, host: "a", alive: false },
      ]),
    ["fail", /left by process 7/, /npx pulumi cancel --stack dev$/],
  ],
];

describe("npm run doctor", () => {
  describe("says of", () => {
    for (const [what, finding, expected] of table) {
      it(`${what}: ${expected[0]}`, () => assertFinding(finding(), expected));
    }
  });

  it("says nothing of the inside of a cluster that is not there", () => {
    assert.deepEqual([verdicts.onRuntime(undefined), verdicts.onNetworkPolicies(undefined)], [undefined, undefined]);
  });

  it("lays out what it finds, with what to do under it, and counts", () => {
    const findings: Finding[] = [
      { name: "Docker", verdict: "pass", text: "answers" },
      { name: "a port", verdict: "fail", text: "is taken", next: "Free it" },
    ];
    assert.deepEqual(stripVTControlCharacters(report(findings)).split("\n"), [
      "pass  Docker  answers",
      "fail  a port  is taken",
      "              → Free it",
      "",
      "1 pass, 0 warn, 1 fail",
    ]);
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

    it("where Docker is stopped", async () => {
      await stack.cluster("running");
      await stack.stopDocker();
      assertFinding(await find("Docker"), ["fail", /Docker does not answer/, /docker info/]);
      assertFinding(await find("cluster"), ["warn", /nobody can say/, /Docker/]);
      assert.equal(await find("CPUs, memory"), undefined, "nobody knows what there is");
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

    it("whose cluster enforces no NetworkPolicies", async () => {
      const api = await FakeApi.start();
      try {
        await stack.cluster("running");
        await stack.file(".state/todo.kubeconfig", await readFile(api.kubeconfig, "utf8"));
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

    it("with the lock of a process that runs", async () => {
      await stack.lock(process.pid);
      assertFinding(await find("lock"), ["warn", new RegExp(`process ${process.pid}$`), /Let it end/]);
    });

    it("with the lock of a process that was killed", async () => {
      const { pid } = await killed();
      await stack.lock(pid);
      assertFinding(await find("lock"), ["fail", new RegExp(`process ${pid},`), /npx pulumi cancel --stack dev$/]);
    });

    it("with the lock of another machine's process", async () => {
      await stack.lock(1, "elsewhere");
      assertFinding(await find("lock"), ["warn", /on elsewhere$/, /Let it end/]);
    });
  });

  for (const command of ["doctor", "status"]) {
    it(`ends with 1 for a stack that is not there, as JSON and without colour: ${command}`, async () => {
      const args = [join(checkout, "toolchain/main.ts"), command, "--json", "--stack", "nobodys"];
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
