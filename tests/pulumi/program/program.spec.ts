import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import grpc from "@grpc/grpc-js";
import languageService from "@pulumi/pulumi/proto/language_grpc_pb.js";
import languageMessages from "@pulumi/pulumi/proto/language_pb.js";
import { execa } from "execa";
import { runsProgram } from "../../../pulumi/program/beside.ts";
import { checkout } from "../../../machine/paths.ts";
import { SmallCheckout } from "./small-checkout.ts";

const good = `
import { RandomPassword } from "@pulumi/random";
export const secret = new RandomPassword("password", { length: 12 }).result;
`;
const up = ["up", "--yes", "--skip-preview"];

describe("which command lines of Pulumi run the program in the process of npx pulumi", () => {
  const lines: [string, boolean][] = [
    ["up --yes", true],
    ["update", true],
    ["preview --diff --stack dev", true],
    ["pre", true],
    ["--color never refresh --yes", true],
    ["up --client=127.0.0.1:1", false],
    ["up --client 127.0.0.1:1", false],
    ["up --attach-debugger", false],
    ["-C ../other up", false],
    ["destroy --yes", false],
    ["stack ls", false],
    ["watch", false],
    ["up --help", false],
    ["up --yes -h", false],
    ["up --yes -- --help", true],
  ];
  for (const [line, expected] of lines) {
    it(`pulumi ${line}: ${expected ? "yes" : "no"}`, () => {
      assert.equal(runsProgram(line.split(" "), checkout), expected);
    });
  }

  it("only those in this checkout", () => {
    assert.equal(runsProgram(["up"], join(checkout, "apps")), true);
    assert.equal(runsProgram(["up"], join(checkout, "..")), false);
    assert.equal(runsProgram(["up"], `${checkout}-other`), false);
  });
});

/** With the real Pulumi. Each test begins with a stack that is up. */
describe("the program in the process of npx pulumi", function () {
  this.timeout("4m");
  let project: SmallCheckout;
  const marker = (name: string): string => join(project.folder, name);

  before(async () => {
    project = await SmallCheckout.create(good);
    const first = await project.start(["up", "--yes"]);
    assert.equal(first.exitCode, 0, first.all);
  });
  after(() => project.remove());

  const hasPassword = (): void =>
    assert.ok(project.resources().includes("random:index/randomPassword:RandomPassword password"));

  /** Waits until the program has left a mark. */
  const until = async (name: string): Promise<void> => {
    while (!existsSync(marker(name))) await sleep(50);
  };
  const mark = (name: string): string =>
    `(await import("node:fs")).writeFileSync(${JSON.stringify(join(project.folder, name))}, "");`;

  it("runs for the preview and again for the update, and each knows all resources", async () => {
    project.program(`${good}\nexport const more = 1;`);
    const { all, exitCode } = await project.start(["up", "--yes"]);
    assert.equal(exitCode, 0, all);
    assert.equal(all.split("2 unchanged").length - 1, 2, `neither may find anything to delete:\n${all}`);
    hasPassword();
  });

  it("needs no language host", async () => {
    const settings = "name: todo-stack\nmain: index.ts\nruntime: { name: nodejs, options: { typescript: false } }\n";
    await mkdir(marker("host"), { recursive: true });
    const host = `#!/bin/sh\ntouch ${JSON.stringify(marker("host-was-started"))}\nexit 1\n`;
    project.write("host/pulumi-language-nodejs", host);
    await chmod(marker("host/pulumi-language-nodejs"), 0o755);
    project.write("Pulumi.yaml", `${settings}plugins: { languages: [{ name: nodejs, path: ./host }] }\n`);
    project.program(good);
    try {
      for (const args of [up, ["preview"], ["refresh", "--yes"]]) {
        const { all, exitCode } = await project.start(args);
        assert.equal(exitCode, 0, all);
        assert.ok(!existsSync(marker("host-was-started")), `pulumi ${args.join(" ")} has started a language host`);
      }
      const plain = await project.start([...up, "--client="]);
      assert.notEqual(plain.exitCode, 0, plain.all);
      assert.ok(existsSync(marker("host-was-started")), "this test would not notice a language host");
    } finally {
      project.write("Pulumi.yaml", settings);
    }
  });

  it("is told of by Pulumi once when it throws an error for the user", async () => {
    project.program(`throw new pulumi.RunError("The port is taken.");`);
    const { all, exitCode } = await project.start(up);
    assert.notEqual(exitCode, 0);
    const diagnostics = all.slice(all.indexOf("Diagnostics:"));
    assert.equal(diagnostics.split("The port is taken.").length - 1, 1, all);
    assert.doesNotMatch(all, /at file:|index\.ts/, "an error for the user comes without a stack");
    hasPassword();
  });

  const failures: [title: string, program: string, told: RegExp][] = [
    ["throws", `throw new Error("no good");`, /Error: no good[^]+index\.ts:2/],
    ["throws later", `${good}setTimeout(() => { throw new Error("no good"); }, 10);`, /Error: no good[^]+index\.ts/],
    ["throws no error", `throw "no good";`, /no good/],
    ["leaves a promise rejected", `${good}void Promise.reject(new Error("no good"));`, /Error: no good/],
    ["logs an error", `void pulumi.log.error("no good");`, /error: no good/],
    ["exits with 0", "process.exit(0);", /the program exited with code \d before it had ended/],
    ["exits with 3", "process.exit(3);", /the program exited with code 3 before it had ended/],
    ["waits for nothing", "await new Promise(() => undefined);", /waits for something that will never happen/],
    ["cannot be read", "export const = 1;", /SyntaxError|Expected/],
    ["imports what is not there", `import "./nothing.ts";`, /Cannot find module .*nothing\.ts/],
  ];
  for (const [title, program, told] of failures) {
    it(`fails when it ${title}, and nothing is deleted`, async () => {
      project.program(program);
      const { all, exitCode } = await project.start(up);
      assert.notEqual(exitCode, 0, all);
      assert.match(all, told);
      hasPassword();
    });
  }

  it("may print, and Pulumi's own output stays JSON", async () => {
    project.program(`${good}console.log("printed");`);
    const { stdout, stderr, exitCode } = await project.start(["preview", "--json"]);
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual((JSON.parse(stdout) as { changeSummary: object }).changeSummary, { same: 2 });
    assert.match(stderr, /^printed$/m);
  });

  it("registers what it comes to think of later", async () => {
    const later = `setTimeout(() => new RandomPassword("later", { length: 12 }), 300);`;
    project.program(good + later);
    const { all, exitCode } = await project.start(up);
    assert.equal(exitCode, 0, all);
    assert.match(all, /RandomPassword later created/);
    project.program(good);
    assert.equal((await project.start(up)).exitCode, 0);
  });

  it("gets its paths, its settings and what it may know of the user's environment, and no passphrase", async () => {
    project.program(`
      console.log("SEEN" + JSON.stringify({ env: process.env, cwd: process.cwd(), text: new pulumi.Config().get("text"),
        organization: pulumi.getOrganization(), stack: pulumi.getStack(), project: pulumi.getProject() }));
      ${good}`);
    await mkdir(marker("apps"), { recursive: true });
    const users = { DOCKER_HOST: "tcp://192.0.2.1:2375", HELM_NAMESPACE: "other", PULUMI_NODEJS_STACK: "other" };
    const { all, exitCode } = await project.start(["preview", "--config", "text=some"], users, marker("apps"));
    assert.equal(exitCode, 0, all);
    const seen = JSON.parse(/SEEN(\{.*\})/.exec(all)?.[1] ?? "{}") as { env: NodeJS.ProcessEnv };
    assert.deepEqual(
      { ...seen, env: undefined },
      {
        cwd: project.folder,
        text: "some",
        organization: "organization",
        stack: "dev",
        project: "todo-stack",
        env: undefined,
      },
    );
    for (const name of [...Object.keys(users), "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"]) {
      assert.ok(!(name in seen.env), `${name} must not reach the program`);
    }
    assert.match(seen.env.PULUMI_BACKEND_URL ?? "", /\.state$/);
  });

  it("does not run for who brings another one by --client", async () => {
    project.program(mark("ran") + good);
    const server = new grpc.Server();
    let runs = 0;
    server.addService(languageService.LanguageRuntimeService, {
      run: (_: unknown, reply: (error: null, response: object) => void) => {
        runs += 1;
        const response = new languageMessages.RunResponse();
        response.setError("another program");
        reply(null, response);
      },
    });
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    try {
      const { all } = await project.start(["preview", `--client=127.0.0.1:${port}`]);
      assert.equal(runs, 1, all);
      assert.match(all, /another program/);
      assert.ok(!existsSync(marker("ran")));
    } finally {
      server.forceShutdown();
    }
  });

  describe("that does not end", () => {
    const endless = {
      "waits for ever": `setInterval(() => undefined, 1000); await new Promise(() => undefined);`,
      "works for ever": `while (true);`,
    };
    for (const [title, program] of Object.entries(endless)) {
      it(`and ${title}: Ctrl-C once cancels, twice ends at once; nothing is deleted`, async () => {
        for (const times of [1, 2]) {
          const name = `running-${title.replaceAll(" ", "-")}-${times}`;
          project.program(mark(name) + program);
          const running = project.start(up);
          await until(name);
          for (let time = 0; time < times; time += 1) {
            running.kill("SIGINT");
            await sleep(200);
          }
          const { exitCode, all } = await running;
          assert.notEqual(exitCode, 0, all);
          assert.match(all, /cancel/);
          hasPassword();
        }
      });
    }

    it("does not outlive a Pulumi that dies", async () => {
      project.program(mark("dying") + endless["waits for ever"]);
      const running = project.start(up);
      await until("dying");
      const { stdout } = await execa("pgrep", ["-P", String(running.pid), "pulumi"]);
      process.kill(Number(stdout), "SIGKILL");
      assert.equal((await running).exitCode, 137);
      hasPassword();
    });

    it("ends Pulumi with it when it is killed, and nothing is deleted", async () => {
      project.program(mark("killed") + endless["waits for ever"]);
      const running = project.start(up);
      await until("killed");
      running.kill("SIGKILL");
      // Its output is open as long as Pulumi runs.
      const { all } = await running;
      assert.match(all, /error: /);
      hasPassword();
    });
  });

  it("runs again after all that", async () => {
    project.program(good);
    const { all, exitCode } = await project.start([...up, "--expect-no-changes"]);
    assert.equal(exitCode, 0, all);
  });
});
