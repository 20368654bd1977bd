import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { loadSettings } from "../../config.ts";
import { MockEngine } from "../helpers/mocks.ts";

const machine = { cpus: 8, memory: 16_000 };

/** Loads the settings of a stack that sets these keys, which without a prefix belong to this project. */
function load(config: Record<string, string>, on = machine): ReturnType<typeof loadSettings> {
  const entries = Object.entries(config).map(([key, value]) => [key.includes(":") ? key : `todo-stack:${key}`, value]);
  pulumi.runtime.setAllConfig(Object.fromEntries(entries) as Record<string, string>);
  return loadSettings(on);
}

function messageOf(config: Record<string, string>, on = machine): string {
  try {
    load(config, on);
  } catch (error) {
    assert.ok(pulumi.RunError.isInstance(error), "only a RunError is shown without a stack");
    return error.message;
  }
  assert.fail(`${JSON.stringify(config)} must be refused`);
}

describe("the settings", () => {
  before(() => MockEngine.start());
  after(() => pulumi.runtime.setAllConfig({}));

  it("have the defaults that Pulumi.yaml declares", () => {
    const defaults = { profile: "todo", driver: "docker", cpus: 4, memory: 8192, port: 30080, namespace: "todo" };
    assert.deepEqual(load({}), defaults);
    const declared = (parse(readFileSync("Pulumi.yaml", "utf8")) as { config: Record<string, object> }).config;
    for (const key of Object.keys(defaults)) {
      assert.deepEqual(Object.keys(declared[key] ?? {}).toSorted(), ["default", "description", "type"], key);
    }
  });

  it("are what the stack says", () => {
    const config = { profile: "demo", driver: "kvm2", cpus: "6", memory: "9000", port: "8080", namespace: "space" };
    assert.deepEqual(load(config), { ...config, cpus: 6, memory: 9000, port: 8080 });
  });

  it("leave keys of other packages alone", () => {
    assert.equal(load({ "kubernetes:context": "mine", "todo:port": "1" }).port, 30080);
  });

  it("take a default that the machine does not have, which is lowered when the cluster is made", () => {
    const { cpus, memory } = load({ cpus: "4" }, { cpus: 2, memory: 4000 });
    assert.deepEqual({ cpus, memory }, { cpus: 4, memory: 8192 });
  });

  const refusals: [Record<string, string>, RegExp][] = [
    [{ cpus: "abc" }, /^todo-stack:cpus is abc, but it must be a whole number of at least 2\. .*config set cpus 2$/],
    [{ cpus: "2.5" }, /cpus is 2\.5, but it must be a whole number/],
    [{ cpus: "-2" }, /cpus is -2, but it must be a whole number/],
    [{ cpus: "1" }, /cpus is 1, but it must be a whole number of at least 2/],
    [{ cpus: "9" }, /cpus is 9, but this machine has 8 CPUs\. .*config set cpus 2$/],
    [{ memory: "2047" }, /memory is 2047, but it must be a whole number of at least 2048/],
    [{ memory: "16001" }, /memory is 16001, but this machine has 16000 MB/],
    [{ memory: "8g" }, /memory is 8g, but it must be a whole number/],
    [{ port: "0" }, /port is 0, but it must be a whole number from 1 to 65535/],
    [{ port: "65536" }, /port is 65536, but it must be a whole number from 1 to 65535/],
    [{ driver: "none" }, /driver is none, but it must be one of docker, /],
    [{ profile: "Todo" }, /profile is Todo, but it must be 2 to 40 small letters/],
    [{ profile: "t" }, /profile is t, but it must be 2 to 40 small letters/],
    [{ profile: "../todo" }, /profile is \.\.\/todo, but it must be 2 to 40 small letters/],
    [{ profile: "todo-m02" }, /profile is todo-m02, but Minikube keeps names that end in -m/],
    [{ namespace: "default" }, /namespace is default, but Kubernetes keeps that name/],
    [{ namespace: "kube-system" }, /namespace is kube-system, but Kubernetes keeps that name/],
    [{ namespace: "a_b" }, /namespace is a_b, but it must be 2 to 40 small letters/],
    [
      { cpu: "2" },
      /^todo-stack:cpu is a setting that does not exist; known are profile, driver, .*config rm todo-stack:cpu$/,
    ],
  ];
  for (const [config, message] of refusals) {
    it(`refuse ${JSON.stringify(config)}`, () => {
      const text = messageOf(config);
      assert.match(text, message);
      assert.equal(text.split("\n").length, 1, "one problem is one line");
    });
  }

  it("name every problem at once", () => {
    assert.deepEqual(
      messageOf({ cpus: "1", port: "x", prot: "1" })
        .split("\n")
        .map((line) => line.split(" ")[0]),
      ["todo-stack:prot", "todo-stack:cpus", "todo-stack:port"],
    );
  });
});
