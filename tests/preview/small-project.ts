import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import which from "which";
import { environment } from "../../machine/tool-environment.ts";
import { checkout } from "../../machine/paths.ts";
import { minimalPath } from "../helpers/pretended/minimal-path.ts";

const program = `
import * as pulumi from "@pulumi/pulumi";
import { chartFiles, contextFiles, hashOf } from "${checkout}/components/build-context/content-hash.ts";
import { ImagePresence, Manifests } from "${checkout}/components/lib/minikube-resources.ts";

const config = new pulumi.Config();
const files = contextFiles("app");
new ImagePresence("image", {
  image: "app:" + hashOf(files), files: JSON.stringify(files), instance: "life-1", dockerHost: "tcp://127.0.0.1:1", dockerCertPath: "/nowhere",
});
new Manifests("manifests", {
  chart: "chart",
  files: JSON.stringify(chartFiles("chart")),
  release: "todo",
  namespace: "space",
  values: { text: config.require("text"), hidden: config.requireSecret("hidden"), port: config.requireNumber("port") },
});
`;

const objects = `
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  text: {{ .Values.text }}
  hidden: {{ .Values.hidden | quote }}
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  ports:
    - port: 80
      nodePort: {{ .Values.port }}
`;

/** What happened to a command. */
export interface Result {
  exitCode: number | undefined;
  all: string;
}

/**
 * A project with the resources of this one that stand for the files of an image and for the manifests of a chart, and
 * with nothing that needs Docker or a cluster. The real Pulumi runs it, on a state of its own.
 */
export class SmallProject {
  readonly #folder: FsFixture;

  private constructor(folder: FsFixture) {
    this.#folder = folder;
  }

  /** Has the setting `hidden`, which is secret. */
  static async create(settings: { text: string; port: string; hidden: string }): Promise<SmallProject> {
    const folder = await createFixture({
      "Pulumi.yaml": [
        "name: small",
        "runtime: { name: nodejs, options: { typescript: false } }",
        "main: index.ts",
        `plugins: { providers: [{ name: minikube, path: ${checkout}/provider }] }`,
      ].join("\n"),
      "package.json": '{ "type": "module", "version": "1.0.0" }',
      "index.ts": program,
      "state/.keep": "",
      "app/Dockerfile": "FROM scratch",
      "app/src/main.py": "1",
      "app/src/old.py": "1",
      "chart/Chart.yaml": "apiVersion: v2\nname: small\nversion: 1.0.0\n",
      "chart/templates/objects.yaml": objects,
    });
    await symlink(join(checkout, "node_modules"), folder.getPath("node_modules"));
    const project = new SmallProject(folder);
    await project.succeed("stack", "init", "test");
    await project.succeed("config", "set", "text", settings.text);
    await project.succeed("config", "set", "port", settings.port);
    await project.succeed("config", "set", "--secret", "hidden", settings.hidden);
    return project;
  }

  /** Runs Pulumi to its end. */
  async pulumi(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Result> {
    const { exitCode, all } = await execa("pulumi", args, {
      cwd: this.#folder.path,
      env: {
        ...environment(),
        PULUMI_BACKEND_URL: `file://${this.#folder.getPath("state")}`,
        PULUMI_CONFIG_PASSPHRASE: "",
        PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
        // The stand-ins, where there are such, are those of this checkout.
        TODO_STACK_CHECKOUT: checkout,
        ...env,
      },
      extendEnv: false,
      all: true,
      reject: false,
      stdin: "ignore",
    });
    return { exitCode, all };
  }

  /** Runs Pulumi, and fails with all of its output if it fails. Gives that. */
  async succeed(...args: string[]): Promise<string> {
    const { exitCode, all } = await this.pulumi(args);
    if (exitCode !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${String(exitCode)}:\n${all}`);
    return all;
  }

  /** A PATH that holds Node and Pulumi, and no Helm. */
  async pathWithoutHelm(): Promise<string> {
    const bin = await minimalPath(this.#folder.path);
    const pulumi = await which("pulumi", { path: environment().PATH ?? "" });
    await symlink(pulumi, join(bin, "pulumi")).catch(() => undefined);
    return bin;
  }

  /** Writes a file of the project. */
  async write(file: string, content: string): Promise<void> {
    await writeFile(this.#folder.getPath(file), content);
  }

  /** Removes a file of the project. */
  async delete(file: string): Promise<void> {
    await this.#folder.rm(file);
  }

  async remove(): Promise<void> {
    await this.#folder.rm();
  }
}
