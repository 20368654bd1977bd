import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { parse } from "yaml";
import packages from "../../package.json" with { type: "json" };
import { nodeVersion } from "../../machine/launch.mjs";
import { checkout } from "../../machine/paths.ts";

/** As much as is used here of what https://containers.dev/implementors/json_reference knows. */
interface DevContainer {
  image: string;
  features: Record<string, object>;
  mounts: { type: string; source: string; target: string }[];
  onCreateCommand: string;
  postCreateCommand: string;
  remoteUser: string;
  forwardPorts: number[];
  portsAttributes: Record<string, { onAutoForward: string }>;
  hostRequirements: { cpus: number; memory: string; storage: string };
}

const read = (name: string): string => readFileSync(join(checkout, name), "utf8");

/** Nobody can open it here: what is checked is what it says. */
describe(".devcontainer/devcontainer.json", () => {
  let found: DevContainer;
  let settings: Record<string, { default?: number }>;

  before(() => {
    // It may have comments, as a tsconfig.json may.
    const { config, error } = ts.parseConfigFileTextToJson(
      "devcontainer.json",
      read(".devcontainer/devcontainer.json"),
    );
    assert.equal(error, undefined);
    found = config as DevContainer;
    settings = (parse(read("Pulumi.yaml")) as { config: typeof settings }).config;
  });

  it("has properties that the specification knows, and no others", () => {
    const known = [
      ...["name", "image", "features", "mounts", "onCreateCommand", "postCreateCommand", "remoteUser"],
      ...["forwardPorts", "portsAttributes", "hostRequirements"],
    ];
    assert.deepEqual(Object.keys(found).toSorted(), known.toSorted());
    assert.equal(found.portsAttributes[String(found.forwardPorts[0])]?.onAutoForward, "notify");
  });

  it("pins its image, with the Node of the stack, and every feature to a version", () => {
    const [, node] = /^[\w./-]+:\d+\.\d+\.\d+-(\d+)-[a-z]+$/.exec(found.image) ?? [];
    assert.equal(node, nodeVersion.split(".")[0], found.image);
    const features = Object.keys(found.features);
    assert.ok(
      features.some((name) => name.includes("/docker-in-docker:")),
      "the cluster needs a Docker Engine",
    );
    for (const name of features) assert.match(name, /^ghcr\.io\/[\w./-]+:\d+\.\d+\.\d+$/);
  });

  it("sets up what the README says", () => {
    const [, script = ""] = /^npm run (\w+)$/.exec(found.postCreateCommand) ?? [];
    assert.ok(script in packages.scripts, found.postCreateCommand);
    assert.ok(read("README.md").includes(found.postCreateCommand), found.postCreateCommand);
  });

  it("forwards the port of the application", () => {
    assert.deepEqual(found.forwardPorts, [settings["port"]?.default]);
  });

  it("asks for a machine that has what a cluster gets by default, and as much again for images", () => {
    const { cpus, memory, storage } = found.hostRequirements;
    assert.ok(cpus >= (settings["cpus"]?.default ?? Infinity));
    assert.ok(parseInt(memory) * 1024 > (settings["memory"]?.default ?? Infinity), memory);
    for (const size of [memory, storage]) assert.match(size, /^\d+gb$/);
  });

  it("keeps the tools and the marks of clusters when it is built again, as its Docker keeps the clusters", () => {
    const [mount, ...others] = found.mounts;
    assert.deepEqual(others, []);
    assert.equal(mount?.type, "volume");
    assert.equal(mount.target, `/home/${found.remoteUser}/.cache`);
    assert.match(mount.source, /\$\{devcontainerId\}$/);
    assert.equal(found.onCreateCommand, `sudo chown ${found.remoteUser}:${found.remoteUser} ${mount.target}`);
  });
});
