import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { checkout, logFolder, minikubeHome } from "../../../machine/paths.ts";
import { filesWith, placesWith } from "../../helpers/canary.ts";
import { Account } from "../../helpers/account.ts";
import type { CommandResult } from "../../helpers/working-copy.ts";
import { backUp } from "../../stack/support/back-up.ts";
import { secretValues } from "../../stack/support/pod-secrets.ts";
import { stack } from "../../stack/support/stack.ts";

/** Commands of npm that print nothing of a stack, or what another search covers. */
const leftOut: Record<string, string> = {
  setup: "it works on no stack",
  help: "it works on no stack",
  bench: "it works on stacks of its own",
  lint: "it reads files of the checkout",
  format: "it reads files of the checkout",
  typecheck: "it reads files of the checkout",
  test: "what it prints is in the folder of logs",
  "test:full": "what it prints is in the folder of logs",
  "test:cluster": "what it prints is in the folder of logs",
  "test:unit": "what it prints is in the folder of logs",
  dev: "it prints what up prints, and the pods' logs",
  aiops: "apps/aiops/tests",
  review: "tests/cli/review/review-report.spec.ts",
  "reset-password": "it prints the password that it makes, which is searched for by itself below",
  scan: "it prints what up prints, and what Trivy says of public packages",
  sbom: "it prints what up prints, and where its files are",
  destroy: "it would take the stack away",
};

describe("what is secret", function () {
  this.timeout("20m");
  let secrets: string[];

  before(async () => {
    const passphrase = (await readFile(join(stack.copy.folder, ".state/passphrase"), "utf8")).trim();
    secrets = [...(await secretValues()), passphrase];
    assert.ok(
      secrets.length >= 5 && secrets.every(({ length }) => length >= 16),
      "there must be something to look for",
    );
  });

  describe("is in no file that the stack and its commands have written", () => {
    it("but the passphrase in its own", async () => {
      await backUp();
      assert.deepEqual(await search(secrets), [join(stack.copy.folder, ".state/passphrase")]);
    });

    it("and the search finds one that was put into each of these folders", async () => {
      const planted = `planted-${randomUUID()}`;
      const copy = (...parts: string[]): string => join(stack.copy.folder, ...parts);
      const files = [copy(), copy(".state"), copy(".state/pulumi-home"), copy("backups"), ...folders().slice(1)].map(
        (folder) => join(folder, `${planted.slice(0, 14)}.log`),
      );
      // Some are files.
      const there = files.filter((file) => existsSync(join(file, "..")));
      const written: string[] = [];
      try {
        for (const file of there) {
          const isWritten = await writeFile(file, Buffer.from(`a log says ${planted}!`).toString("base64")).then(
            () => true,
            () => false,
          );
          if (isWritten) written.push(file);
        }
        assert.ok(written.length >= 8, written.join("\n"));
        assert.deepEqual((await search([planted])).toSorted(), [...new Set(written)].toSorted());
      } finally {
        for (const file of written) await rm(file, { force: true });
      }
    });
  });

  describe("is printed by no command", () => {
    const copy = () => stack.copy;
    const inTurn: [string, () => Promise<CommandResult>][] = [
      ...["status", "doctor"].flatMap((name): [string, () => Promise<CommandResult>][] => [
        [`npm ${name}`, () => copy().npm(name)],
        [`npm ${name} --json`, () => copy().npm(name, {}, "--json")],
      ]),
      ["npm backup", () => copy().npm("backup")],
      ["npm restore", async () => await copy().npm("restore", {}, await backUp(), "--yes")],
      ["npm stop", () => copy().npm("stop")],
      ["npm start", () => copy().npm("start")],
      ["npm rotate", () => copy().npm("rotate")],
      ["npm rollback", () => copy().npm("rollback")],
      ...[
        "up --yes --skip-preview --diff",
        "up --yes --debug",
        "preview --diff",
        "preview --json",
        "refresh --yes --diff",
        "stack --show-urns",
        "stack export",
        "stack output --json",
        "stack history --json --show-secrets=false",
        "config",
        "config --json",
        "about",
        "logs",
      ].map((line): [string, () => Promise<CommandResult>] => [
        `pulumi ${line}`,
        () => copy().pulumi([...line.split(" "), ...(line === "about" ? [] : ["--stack", copy().stack])]),
      ]),
    ];

    it("of those that npm and Pulumi have", async () => {
      const { scripts } = JSON.parse(await readFile(join(copy().folder, "package.json"), "utf8")) as {
        scripts: object;
      };
      const known = [...Object.keys(leftOut), ...inTurn.map(([line]) => line.split(" ")[1])];
      assert.deepEqual(
        Object.keys(scripts).filter((name) => !known.includes(name)),
        [],
        "say here how what a new command prints is searched",
      );
      const said: Record<string, string> = {};
      for (const [line, run] of inTurn) said[line] = (await run()).all;
      for (const [line, all] of Object.entries(said)) assert.notEqual(all, "", `${line} must print something`);
      // A rotation has made others since.
      assert.deepEqual(placesWith([...secrets, ...(await secretValues())], said), []);
    });

    it("but a new password of the application's by the command that makes it, and that is in no file and in no log", async () => {
      const { email } = await Account.signUp(stack.url);
      const { exitCode, stdout, all } = await copy().npm("reset-password", {}, email);
      assert.equal(exitCode, 0, all);
      const password = /changed after signing in: (\S+)$/m.exec(stdout)?.[1] ?? "";
      assert.ok(password.length >= 12, stdout);
      assert.deepEqual(await search([password]), []);
      assert.deepEqual(placesWith([password], await podLogs()), []);
    });

    it("and the search finds one in what Pulumi prints when it is asked for", async () => {
      const { all } = await copy().pulumi(["stack", "export", "--show-secrets", "--stack", copy().stack]);
      assert.deepEqual(placesWith(await secretValues(), { all }), ["all"]);
    });
  });

  describe("is logged by no pod", () => {
    it("of the whole cluster", async () => {
      const logs = await podLogs();
      assert.ok(Object.keys(logs).length >= 8, Object.keys(logs).join(", "));
      assert.deepEqual(placesWith([...secrets, ...(await secretValues())], logs), []);
    });

    const planted = `planted-${randomUUID()}`;
    for (const [component, ...command] of [
      ["backend", "python", "-c", `open("/proc/1/fd/1", "w").write("${planted}\\n")`],
      ["frontend", "node", "-e", `fs.writeFileSync("/proc/1/fd/1", "${planted}\\n")`],
      ["postgres", "sh", "-c", `echo ${planted} > /proc/1/fd/2`],
    ] as const) {
      it(`and the search finds one in the log of the ${component}`, async () => {
        const { ok, output } = await stack.cluster.exec(component, ...command);
        assert.ok(ok, output);
        const found = placesWith([planted], await podLogs());
        assert.ok(
          found.some((place) => place.includes(`todo-${component}`)),
          found.join(", "),
        );
      });
    }
  });
});

/** Where commands write. Of Minikube's home not what it has downloaded. */
const folders = (): string[] => [
  stack.copy.folder,
  logFolder,
  join(checkout, "node_modules", ".cache", "compile"),
  ...readdirSync(minikubeHome)
    .filter((name) => name !== "cache")
    .map((name) => join(minikubeHome, name)),
  tmpdir(),
  ...[".kube", ".docker", ".minikube", ".pulumi"].map((name) => join(homedir(), name)).filter(existsSync),
];

const search = async (texts: string[]): Promise<string[]> => await filesWith(texts, folders(), ["node_modules"]);

/** What every container of every pod logs, and has logged before it was started again. */
async function podLogs(): Promise<Record<string, string>> {
  const { core } = stack.cluster;
  const { items } = await core.listPodForAllNamespaces();
  const logs: Record<string, string> = {};
  for (const { metadata, spec, status } of items) {
    const { name = "", namespace = "" } = metadata ?? {};
    for (const { name: container } of [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]) {
      const read = async (previous: boolean): Promise<string> =>
        await core.readNamespacedPodLog({ name, namespace, container, previous }).catch(() => "");
      const states = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
      const restarts = states.find((state) => state.name === container)?.restartCount ?? 0;
      logs[`${namespace}/${name}/${container}`] = await read(false);
      if (restarts > 0) logs[`${namespace}/${name}/${container}, before`] = await read(true);
    }
  }
  return logs;
}
