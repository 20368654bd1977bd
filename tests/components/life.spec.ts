import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { symlink } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { environment } from "../../machine/tool-environment.ts";
import { checkout } from "../../machine/paths.ts";
import { installStandIn, pluginNames } from "../../offline/stand-ins/install.ts";
import type { FakeApi } from "../provider/fake-api.ts";
import type { FakeCommands } from "../offline/stand-ins/fake-commands.ts";
import { FakeWorld } from "./fake-world.ts";

/** The program on the real Pulumi engine, with a Docker, a Minikube, a kubectl and a Helm that only pretend. */
describe("the program, over the life of its cluster", function () {
  this.timeout(240_000);
  let commands: FakeCommands;
  let project: FsFixture;
  let api: FakeApi;
  let world: FakeWorld;

  before(async function () {
    world = await FakeWorld.create();
    ({ commands, api } = world);
    project = await createFixture({
      "apps/backend/Dockerfile": "FROM scratch",
      "apps/frontend/Dockerfile": "FROM scratch",
      "home/.keep": "",
      ".state/.keep": "",
    });
    const found = await execa("pulumi", ["version"], { reject: false, env: environment() });
    if (found.failed) {
      console.warn("the program, over the life of its cluster: skipped, since there is no pulumi");
      this.skip();
    }
    for (const part of [
      "Pulumi.yaml",
      "package.json",
      "index.ts",
      "config.ts",
      "components",
      "versions.ts",
      "provider",
    ]) {
      await symlink(join(checkout, part), project.getPath(part));
    }
    for (const part of ["charts", "node_modules"]) await symlink(join(checkout, part), project.getPath(part));
    for (const name of pluginNames) await installStandIn(project.getPath("home/plugins"), name);
    await project.writeFile("Pulumi.test.yaml", `config:\n  todo-stack:port: ${world.app.port}\n`);
    await pulumi("stack", "select", "--create", "test");
  });

  beforeEach(async () => {
    await world.reset();
    await pulumi("up", "--yes", "--skip-preview");
  });

  after(async () => {
    await Promise.all([project.rm(), world.remove()]);
  });

  /** Runs pulumi in the project. Gives all it printed, whether it failed or not. */
  async function run(...args: string[]): Promise<{ failed: boolean; all: string }> {
    return await runWith({}, ...args);
  }

  /** The same, with variables on top. */
  async function runWith(env: NodeJS.ProcessEnv, ...args: string[]): Promise<{ failed: boolean; all: string }> {
    const own = environment();
    const { failed, all } = await execa("pulumi", [...args, "--non-interactive"], {
      cwd: project.path,
      reject: false,
      all: true,
      env: {
        ...own,
        PATH: `${commands.folder}${delimiter}${own.PATH ?? ""}`,
        PULUMI_HOME: project.getPath("home"),
        PULUMI_BACKEND_URL: `file://${project.getPath(".state")}`,
        PULUMI_CONFIG_PASSPHRASE: "test",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        TODO_STACK_CHECKOUT: checkout,
        MINIKUBE_HOME: commands.folder,
        ...env,
      },
    });
    return { failed, all };
  }

  async function pulumi(...args: string[]): Promise<string> {
    const { failed, all } = await run(...args);
    assert.ok(!failed, `pulumi ${args.join(" ")} failed:\n${all}`);
    return all;
  }

  /** Loses the cluster behind Pulumi's back. */
  const loseCluster = async (): Promise<void> => {
    await execa("rm", [
      "-r",
      ...["container-todo", "volume-todo", "objects"].map((file) => join(commands.folder, file)),
    ]);
    api.objects.clear();
  };

  /** Deletes the namespace behind Pulumi's back. */
  const loseNamespace = async (): Promise<void> => {
    await execa("rm", ["-r", join(commands.folder, "objects")]);
    api.objects.clear();
  };

  it("has nothing to do a second time", async () => {
    await pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
  });

  it("makes a lost cluster anew, and all that was in it", async () => {
    await loseCluster();
    const preview = await pulumi("preview");
    assert.match(preview, /minikube:index:Cluster todo-cluster replace/);
    const output = await pulumi("up", "--yes", "--skip-preview");
    for (const what of ["Secret todo-backend-secret", "Release todo-release"]) {
      assert.match(output, new RegExp(`${what} created replacement`), output);
    }
    for (const what of ["todo-namespace", "todo-backend-image", "todo-frontend-image"]) {
      assert.match(output, new RegExp(`${what} updated`), output);
    }
    const objects = readdirSync(join(commands.folder, "objects"));
    const secrets = objects.filter((name) => name.startsWith("secret-todo-"));
    assert.equal(
      secrets.length,
      2,
      `the new Secrets must not go with the old ones of the same name: ${objects.join()}`,
    );
    await pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
  });

  it("makes a lost cluster anew after a refresh has found that it is lost", async () => {
    await loseCluster();
    await run("refresh", "--yes", "--skip-preview");
    await pulumi("up", "--yes", "--skip-preview");
    await pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
  });

  it("makes a lost namespace anew, and all that was in it, but no image", async () => {
    await loseNamespace();
    const preview = await pulumi("preview");
    assert.match(preview, /minikube:index:Namespace todo-namespace update/);
    const output = await pulumi("up", "--yes", "--skip-preview");
    for (const what of ["Secret todo-backend-secret", "Release todo-release"]) {
      assert.match(output, new RegExp(`${what} created replacement`), output);
    }
    assert.doesNotMatch(output, /(Cluster|Image) todo-.* updated/);
    await pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
  });

  it("finds all again when its state is lost", async () => {
    await pulumi("stack", "rm", "--yes", "--force", "--preserve-config");
    await pulumi("stack", "select", "--create", "test");
    const output = await pulumi("up", "--yes", "--skip-preview");
    assert.match(output, /its cluster todo is taken over/);
    assert.doesNotMatch(await commands.commandLines(), /minikube delete/);
    await pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
  });

  it("can be destroyed when an update of a lost cluster has failed midway", async () => {
    await loseCluster();
    await project.writeFile("apps/backend/Dockerfile", "FROM scratch # broken");
    const { failed, all } = await run("up", "--yes", "--skip-preview");
    await project.writeFile("apps/backend/Dockerfile", "FROM scratch");
    assert.ok(failed, `a build that fails must fail the update:\n${all}`);
    await pulumi("destroy", "--yes", "--skip-preview");
  });

  it("can be destroyed when the cluster is lost", async () => {
    await loseCluster();
    await pulumi("destroy", "--yes", "--skip-preview");
  });

  it("can be destroyed, and asks only Minikube to remove things", async () => {
    await pulumi("destroy", "--yes", "--skip-preview");
    const lines = (await commands.commandLines()).split("\n");
    assert.deepEqual(
      lines.filter((line) => /uninstall/.test(line)),
      [],
    );
  });

  describe("what holds data", () => {
    const up = ["up", "--yes", "--skip-preview"];

    /** All that there is, in Docker and in Kubernetes. */
    const things = (): string[] => [
      ...readdirSync(commands.folder).filter((name) => /^(container|volume|network)-/.test(name)),
      ...readdirSync(join(commands.folder, "objects")),
    ];

    /** The agreement that a refusal names. */
    const agreementIn = (all: string): NodeJS.ProcessEnv => {
      const [, name = "", value = ""] = /set (TODO_STACK_LOSE)=(\S+)/.exec(all) ?? [];
      assert.ok(name !== "", `the refusal must say what to type:\n${all}`);
      return { [name]: value };
    };

    const settings: [string, string, RegExp][] = [
      ["memory", "4096", /A change of memory needs a new cluster: all data in todo will be lost/],
      [
        "namespace",
        "other",
        /A change of namespace starts with an empty database: all data in the namespace todo of todo will/,
      ],
    ];
    for (const [setting, value, loss] of settings) {
      it(`is kept when ${setting} is set to another value and nobody has agreed to the loss`, async () => {
        await pulumi("config", "set", setting, value);
        const before = things();
        const namespaces = api.deleted.length;
        const preview = await pulumi("preview");
        assert.match(preview, loss, "a preview must tell, and fail for nothing else");
        const { failed, all } = await run(...up);
        assert.ok(failed && loss.test(all), `an up must refuse:\n${all}`);
        assert.doesNotMatch(all, / deleted/);
        assert.deepEqual(things(), before);
        assert.equal(api.deleted.length, namespaces);

        const wrong = await runWith({ TODO_STACK_LOSE: "cluster/todo/another namespace/todo/another" }, ...up);
        assert.ok(wrong.failed, `an agreement to something else is none:\n${wrong.all}`);
        assert.deepEqual(things(), before);

        const agreed = await runWith(agreementIn(all), ...up);
        assert.ok(!agreed.failed, agreed.all);
        await pulumi(...up, "--expect-no-changes");
        await pulumi("config", "rm", setting);
        const back = await run(...up);
        await runWith(agreementIn(back.all), ...up);
      });
    }

    const urns = {
      cluster: "todo-stack:index:MinikubeCluster$minikube:index:Cluster::todo-cluster",
      namespace: "todo-stack:index:AppSecrets$minikube:index:Namespace::todo-namespace",
    };
    for (const [what, urn] of Object.entries(urns)) {
      it(`is kept by an up that is told to replace the ${what}`, async () => {
        const inside = (): string[] => things().filter((thing) => !/^(secret|release)/.test(thing));
        const before = inside();
        const { failed, all } = await run(...up, "--target-replace", `urn:pulumi:test::todo-stack::${urn}`);
        assert.ok(failed && /will be lost/.test(all), all);
        assert.doesNotMatch(all, /deleting/);
        assert.deepEqual(inside(), before);
        await pulumi(...up, "--expect-no-changes");
      });
    }

    for (const [how, flags] of [
      ["--replace", ["--replace"]],
      ["--target-replace with --target-dependents", ["--target-dependents", "--target-replace"]],
    ] as const) {
      it(`goes with a cluster whose replacement by ${how} a person has agreed to, and all in it is made again`, async () => {
        const replace = [...up, ...flags, `urn:pulumi:test::todo-stack::${urns.cluster}`];
        const secrets = (): string[] => things().filter((thing) => thing.startsWith("secret"));
        const before = secrets();
        const refused = await run(...replace);
        const { failed, all } = await runWith(agreementIn(refused.all), ...replace);
        assert.ok(!failed, all);
        assert.ok(existsSync(join(commands.folder, "container-todo")), "the new one must not be what is deleted last");
        await pulumi(...up);
        assert.equal(secrets().length, before.length);
        assert.ok(secrets().every((name) => !before.includes(name)), "they must be made again"); // prettier-ignore
        await pulumi(...up, "--expect-no-changes");
      });
    }

    it("goes with a destroy, which nobody has to agree to twice, with and without the program", async () => {
      await pulumi("destroy", "--yes", "--skip-preview", "--run-program");
      assert.ok(!existsSync(join(commands.folder, "container-todo")));
      await pulumi(...up);
      await pulumi("down", "--yes", "--skip-preview");
      assert.ok(!existsSync(join(commands.folder, "container-todo")));
    });
  });

  it("previews with Docker down, and takes nothing for lost", async () => {
    await world.file("docker-is-down", "Cannot connect to the Docker daemon");
    const output = await pulumi("preview");
    await execa("rm", [join(commands.folder, "docker-is-down")]);
    assert.match(output, /minikube:index:Cluster todo-cluster update/);
    assert.doesNotMatch(output, / replace/);
  });
});
