import assert from "node:assert/strict";
import { once } from "node:events";
import { chmod } from "node:fs/promises";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { checkout } from "../../../machine/paths.ts";
import { docker } from "./comparison/docker.ts";
import { kubernetes } from "./comparison/kubernetes.ts";
import { random } from "./comparison/random.ts";
import { FakeCommands } from "./fake-commands.ts";
import { officialPlugin } from "./official-plugin.ts";
import { PluginProcess } from "./plugin-process.ts";

const questions = { random: random(), docker: docker(), kubernetes: kubernetes() };

type Name = keyof typeof questions;

const commands = {
  docker: 'case "$1:$DOCKER_HOST" in version:*:1) exit 1 ;; version:*) echo 1.45 ;; esac',
  helm: 'case "$2:$3" in chart:./chart) echo "name: todo"; echo "version: 0.1.0" ;; *) echo "Error: path not found" >&2; exit 1 ;; esac',
  kubectl: "echo 'The connection to the server was refused' >&2; exit 1",
};

for (const name of Object.keys(questions) as Name[]) {
  for (const kind of ["stand-in", "official plugin"] as const) {
    describe(`the ${kind} for ${name}`, function () {
      this.timeout("1m");
      let plugin: PluginProcess;
      let daemon: Server;
      const ends: (() => unknown)[] = [];

      before(async function () {
        const command = kind === "stand-in" ? standIn(name) : await officialPlugin(name);
        if (command === undefined) this.skip();
        daemon = createServer((_, response) => response.writeHead(200, { "api-version": "1.45" }).end("OK"));
        daemon.listen(0, "127.0.0.1");
        await once(daemon, "listening");
        ends.push(() => daemon.close());
        const fixture = await project();
        ends.push(() => fixture.rm());
        const fakes = await FakeCommands.create(commands);
        ends.push(() => fakes.restore());
        const { HOME: _home, KUBECONFIG: _kubeconfig, DOCKER_CONTEXT: _context, ...env } = process.env;
        const own = { ...env, HOME: fixture.path, DOCKER_CONFIG: fixture.path, TODO_STACK_CHECKOUT: checkout };
        plugin = await PluginProcess.start(name, command, fixture.path, own);
        ends.push(() => plugin.stop());
        if (name === "docker") await plugin.configure({ host: addressOf(daemon) });
        if (name === "kubernetes") await plugin.configure({ kubeconfig: "kubeconfig", context: "todo" });
      });
      after(async () => {
        for (const end of ends.toReversed()) await end();
      });

      for (const { title, ask, answer } of questions[name]) {
        it(title, async () => {
          assert.deepEqual(await ask(plugin, { daemon: addressOf(daemon) }), answer);
        });
      }
    });
  }
}

const addressOf = (server: Server): string => `tcp://127.0.0.1:${String((server.address() as AddressInfo).port)}`;

const standIn = (name: Name): string[] => [
  process.execPath,
  join(checkout, "offline/stand-ins", name, `${name}-plugin.ts`),
];

const project = async (): Promise<FsFixture> => {
  const fixture = await createFixture({
    "app/Dockerfile": "FROM scratch\nCOPY . .\n",
    "app/.dockerignore": "*\n!a\n!b\n**/*.tmp\n",
    "app/a": "a",
    "app/b/c": "c",
    "app/b/d.tmp": "d",
    "app/ignored": "",
    "chart/Chart.yaml": "apiVersion: v2\nname: todo\nversion: 0.1.0\n",
    "chart/templates/a.yaml": "",
    kubeconfig: JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "todo",
      contexts: [{ name: "todo", context: { cluster: "todo", user: "todo" } }],
      clusters: [{ name: "todo", cluster: { server: "https://127.0.0.1:1" } }],
      users: [{ name: "todo", user: {} }],
    }),
  });
  // The modes count, whatever the umask is.
  for (const file of ["Dockerfile", "a", "b/c"]) await chmod(fixture.getPath("app", file), 0o644);
  return fixture;
};
