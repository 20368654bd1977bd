import assert from "node:assert/strict";
import { noProxies } from "../../../provider/resources/images/build-proxies.ts";
import { UserError } from "../../../provider/processes/errors.ts";
import { onDockerSettings, onPlugins, onProxies, onSources } from "../../../cli/doctor/origins.ts";
import { onPort } from "../../../cli/doctor/port.ts";
import * as verdicts from "../../../cli/doctor/verdicts.ts";
import type { Finding } from "../../../cli/doctor/verdicts.ts";
import { assertFinding } from "./assert-finding.ts";
import type { Expected } from "./assert-finding.ts";

const size = { cpus: 4, memory: 8192 };
const settings = { profile: "todo", driver: "docker", ...size, port: 30080, namespace: "todo", monitoring: false };
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
  [
    "a tool whose wheel counts its builds",
    () => verdicts.onTestTools([{ ...tool, version: "3.20.2.1" }]),
    ["pass", /^helm 3\.20\.2\.1$/],
  ],
  ["no tools for tests", () => verdicts.onTestTools([{ ...tool, version: undefined }]), ["warn", /helm/, /npm test/]],
  ["Docker", () => verdicts.onDocker(size), ["pass", /4 CPUs and 8192 MB/]],
  [
    "no Docker",
    () => verdicts.onDocker(new UserError("It is down.", "Start it.")),
    ["fail", /^It is down\.$/, /^Start it\.$/],
  ],
  [
    "plugins of both kinds",
    () =>
      onPlugins([
        ["docker", "official"],
        ["random", "stand-in"],
      ]),
    ["pass", /^official: docker; stand-in: random$/],
  ],
  ["a plugin that is missing", () => onPlugins([["docker", "missing"]]), ["fail", /docker/, /npm run setup/]],
  ["every place", () => onSources([], "fetched"), ["pass", /every place/]],
  [
    "a place out of reach",
    () => onSources(["github.com"], "fetched"),
    ["pass", /^out of reach: github\.com; what comes from there is made.*npm run setup -- --again$/],
  ],
  [
    "images that are neither fetched nor made",
    () => onSources(["registry-1.docker.io"], "out of reach"),
    ["warn", /registry-1\.docker\.io/, /registry-mirrors.*npm run setup -- --again/],
  ],
  ["no login", () => onDockerSettings({ logins: [], hasProxies: false }), ["pass", /^no registry logins$/]],
  [
    "logins that no build gets",
    () => onDockerSettings({ logins: ["registry.example"], hasProxies: false }),
    ["pass", /builds in the cluster get no login: registry\.example/],
  ],
  [
    "proxies that no build gets",
    () => onDockerSettings({ logins: [], hasProxies: true }),
    ["warn", /proxies of Docker's config\.json/, /HTTP_PROXY/],
  ],
  ["no proxy", () => onProxies(noProxies, [], []), ["pass", /^none in this shell$/]],
  [
    "a proxy, whose password is nobody's business",
    () => onProxies({ ...noProxies, HTTP_PROXY: "http://me:hush@proxy.example:3128" }, [], []),
    ["pass", /builds go by proxy\.example:3128; this machine and its clusters do not$/],
  ],
  [
    "a proxy that the cluster cannot reach",
    () => onProxies(noProxies, ["127.0.0.1:3128"], []),
    ["warn", /^127\.0\.0\.1:3128 is on this machine's loopback interface.*go without a proxy$/, /bridge of Docker/],
  ],
  [
    "a proxy that Node cannot use",
    () => onProxies({ ...noProxies, HTTP_PROXY: "socks5h://proxy:1080" }, [], ["HTTP_PROXY"]),
    [
      "warn",
      /^HTTP_PROXY is no http:\/\/ address that Node can use/,
      /^Set HTTP_PROXY to http:\/\/HOST:PORT.*%25 for a %/,
    ],
  ],
  ["room enough", () => verdicts.onSize(size, { cpus: 8, memory: 16_000 }), ["pass", /4 CPUs and 8192 MB/]],
  ["less room", () => verdicts.onSize(size, { cpus: 2, memory: 16_000 }), ["warn", /2 instead of 4/, /more/]],
  [
    "too little room",
    () => verdicts.onSize(size, { cpus: 1, memory: 16_000 }),
    ["fail", /at least 2 CPUs/, /Give Docker more/],
  ],
  ["a free port", () => onPort(30080, false, false, false), ["pass", /free/]],
  ["our port", () => onPort(30080, true, true, false), ["pass", /leads to the cluster$/]],
  ["a taken port", () => onPort(30080, true, false, false), ["fail", /taken/, /config set port/]],
  [
    "a port taken on ::1 alone",
    () => onPort(30080, false, false, true),
    ["fail", /30080 on ::1 is taken/, /config set port/],
  ],
  [
    "our port, with somebody else at ::1",
    () => onPort(30080, true, true, true),
    ["warn", /at ::1 to another program/, /http:\/\/127\.0\.0\.1:30080/],
  ],
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
    ["warn", /not known/, /Docker/],
  ],
  ["a running cluster", () => verdicts.onProfile({ settings, life: "running", state: {} }, []), ["pass", /runs/]],
  ["the runtime", () => verdicts.onRuntime("docker"), ["pass", /docker/]],
  [
    "another runtime",
    () => verdicts.onRuntime("containerd"),
    ["fail", /containerd/, /npm run backup.*npm run destroy.*npm start/],
  ],
  ["nodes that all run", () => verdicts.onNodes([{ machine: "todo-m02", state: "running" }]), ["pass", /^all 2 run$/]],
  [
    "a node that is gone",
    () =>
      verdicts.onNodes([
        { machine: "todo-m02", state: "running" },
        { machine: "todo-m03", state: "missing" },
      ]),
    ["warn", /^todo-m03 is missing$/, /npx pulumi up/],
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
  ["room on the disk", () => verdicts.onDisk(20_480), ["pass", /^20\.0 GB free/]],
  [
    "little room on the disk",
    () => verdicts.onDisk(2048),
    ["warn", /2\.0 GB/, /: docker image prune; docker builder prune\./],
  ],
  [
    "a full disk",
    () => verdicts.onDisk(300),
    ["fail", /0\.3 GB free.*1 GB/, /: docker image prune; docker builder prune\./],
  ],
  ["a release as it was left", () => verdicts.onDrift([]), ["pass", /as they were released/]],
  [
    "an edited release",
    () => verdicts.onDrift(["Service/todo-frontend"]),
    ["warn", /by hand: Service\/todo-frontend/, /npx pulumi up/],
  ],
  ["no lock", () => verdicts.onLock("dev", []), ["pass", /none/]],
  [
    "a lock",
    () => verdicts.onLock("dev", [{ pid: 7, host: "a", alive: true }]),
    ["warn", /held by process 7$/, /Wait until it has ended/],
  ],
  [
    "a lock elsewhere",
    () => verdicts.onLock("dev", [{ pid: 7, host: "a" }]),
    ["warn", /process 7 on a/, /Wait until it has ended/],
  ],
  [
    "a lock that was left",
    () =>
      verdicts.onLock("dev", [
        { pid: 6, host: "a", alive: true },
        { pid: 7, host: "a", alive: false },
      ]),
    ["warn", /left by process 7/, /npx pulumi up --stack dev, which removes it$/],
  ],
];

describe("the verdict of the doctor", () => {
  describe("says of", () => {
    for (const [what, finding, expected] of table) {
      it(`${what}: ${expected[0]}`, () => assertFinding(finding(), expected));
    }
  });

  it("says nothing of the inside of a cluster that is not there", () => {
    assert.equal(verdicts.onNodes([]), undefined);
    assert.deepEqual([verdicts.onRuntime(undefined), verdicts.onNetworkPolicies(undefined)], [undefined, undefined]);
  });
});
