import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { loadSettings } from "../../config.ts";
import { MockEngine, valueOf } from "../helpers/pretended/mocks.ts";

const machine = { cpus: 8, memory: 16_000 };
const secrets = ["databaseUrl", "openaiApiKey", "cohereApiKey", "operationsWebhook"];
const off = {
  assistants: [],
  monitoring: false,
  operations: "off",
  webhook: undefined,
  reader: false,
  development: false,
};
const noSecrets = {
  existing: undefined,
  databaseUrl: undefined,
  keys: {},
  languageModel: { baseUrl: "", name: "" },
  egress: [],
};
const inTheSecret = { jwtSecretGeneration: 1, databasePasswordGeneration: 1 };

/** Loads the settings of a stack that sets these keys, which without a prefix belong to this project. */
function load(config: Record<string, string>, on = machine): ReturnType<typeof loadSettings> {
  const entries = Object.entries(config).map(([key, value]) => [key.includes(":") ? key : `todo-stack:${key}`, value]);
  const encrypted = secrets.map((key) => `todo-stack:${key}`);
  pulumi.runtime.setAllConfig(Object.fromEntries(entries) as Record<string, string>, encrypted);
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
    const plain = {
      profile: "todo",
      driver: "docker",
      cpus: 4,
      memory: 8192,
      nodes: 1,
      port: 30080,
      namespace: "todo",
    };
    const defaults = { ...plain, ...inTheSecret };
    assert.deepEqual(load({}), { ...defaults, ...noSecrets, ...off });
    const declared = (parse(readFileSync("Pulumi.yaml", "utf8")) as { config: Record<string, object> }).config;
    for (const key of [
      ...Object.keys(defaults),
      ...secrets,
      "llmBaseUrl",
      "llmModel",
      "monitoring",
      "operations",
      "operationsAssistants",
      "reader",
    ]) {
      assert.deepEqual(Object.keys(declared[key] ?? {}).toSorted(), ["default", "description", "type"], key);
    }
  });

  it("are what the stack says", () => {
    const config = { profile: "demo", driver: "kvm2", cpus: "6", memory: "9000", port: "8080", namespace: "space" };
    const numbers = { cpus: 6, memory: 9000, nodes: 1, port: 8080, ...inTheSecret };
    assert.deepEqual(load(config), { ...config, ...numbers, ...noSecrets, ...off });
  });

  it("O3: take monitoring as a yes or no", () => {
    assert.deepEqual(
      ["true", "false"].map((monitoring) => load({ monitoring }).monitoring),
      [true, false],
    );
  });

  it("O5: take the controller as off, watch or act", () => {
    assert.deepEqual(
      ["off", "watch", "act"].map((operations) => load({ operations }).operations),
      ["off", "watch", "act"],
    );
    assert.match(
      messageOf({ operations: "on" }),
      /operations is on, but it must be one of off, watch, act.*set operations watch/,
    );
  });

  it("O5: take a webhook, whose URL stays secret, and open the way to its server", async () => {
    const operationsWebhook = "https://hooks.example.com/services/hush";
    const { webhook } = load({ operations: "watch", operationsWebhook });
    assert.ok(webhook !== undefined && (await pulumi.isSecret(webhook.url)));
    assert.equal(await valueOf(webhook.url), operationsWebhook);
    assert.deepEqual([webhook.format, webhook.egress], ["slack", { cidr: "0.0.0.0/0", port: 443 }]);
    const other = { operationsWebhook: "http://192.0.2.9:9095/hush", operationsWebhookFormat: "alertmanager" };
    const own = load({ operations: "act", ...other }).webhook;
    assert.deepEqual([own?.format, own?.egress], ["alertmanager", { cidr: "192.0.2.9/32", port: 9095 }]);
  });

  it("O5: take the names of the people whose assistants may call the controller", () => {
    assert.deepEqual(load({ operations: "watch" }).assistants, []);
    assert.deepEqual(load({ operations: "watch", operationsAssistants: "ann, bob-2" }).assistants, ["ann", "bob-2"]);
  });

  for (const [config, message] of [
    [{ operationsAssistants: "Ann" }, /operationsAssistants is Ann, but it must be names of small letters/],
    [{ operationsAssistants: "../ann" }, /it must be names of small letters.*config set operationsAssistants ann,bob$/],
    [{ operationsAssistants: "ann,ann" }, /it must name each person once/],
    [{ operationsAssistants: "ann", operations: "off" }, /it is of no use while operations is off/],
    [{ operationsWebhook: "hush" }, /operationsWebhook must be a URL .*config set --secret operationsWebhook$/],
    [{ operationsWebhook: "ftp://hush.example.com" }, /operationsWebhook must be a URL that begins with https/],
    [{ operationsWebhook: "http://localhost:1/hush" }, /operationsWebhook names localhost, which to a pod is the pod/],
    [{ operationsWebhook: "https://a.example/hush", operations: "off" }, /is of no use while operations is off/],
    [
      { operationsWebhookFormat: "teams" },
      /operationsWebhookFormat is teams, but it must be one of slack, alertmanager/,
    ],
  ] as [Record<string, string>, RegExp][]) {
    it(`O5: refuse ${JSON.stringify(config).replace("hush", "…")}, and do not repeat what is secret`, () => {
      const text = messageOf({ operations: "watch", ...config });
      assert.match(text, message);
      assert.doesNotMatch(text, /hush/);
    });
  }

  it("O4: take the account that only looks as a yes or no", () => {
    assert.deepEqual(
      ["true", "false"].map((reader) => load({ reader }).reader),
      [true, false],
    );
  });

  it("C6: take a database outside, whose URL stays secret and whose server the backend may reach", async () => {
    const databaseUrl = "postgresql://user:hush@db.example.com/todo?sslmode=require";
    const settings = load({ databaseUrl });
    assert.ok(settings.databaseUrl !== undefined && (await pulumi.isSecret(settings.databaseUrl)));
    assert.equal(await valueOf(settings.databaseUrl), databaseUrl);
    assert.deepEqual(settings.egress, [{ cidr: "0.0.0.0/0", port: 5432 }]);
    const byAddress = load({ databaseUrl: "postgres://user:hush@192.0.2.9:6432/todo" });
    assert.deepEqual(byAddress.egress, [{ cidr: "192.0.2.9/32", port: 6432 }]);
  });

  it("C2: take keys of language models, which stay secret, and open the way to the service only then", async () => {
    const { keys, egress } = load({ openaiApiKey: "hush", cohereApiKey: "" });
    assert.deepEqual(Object.keys(keys), ["OPENAI_API_KEY"]);
    for (const key of Object.values(keys)) assert.ok(await pulumi.isSecret(key));
    assert.deepEqual(egress, [{ cidr: "0.0.0.0/0", port: 443 }]);
    const own = load({ cohereApiKey: "hush", llmBaseUrl: "http://192.0.2.9:8080/v1", llmModel: "small" });
    assert.deepEqual(own.languageModel, { baseUrl: "http://192.0.2.9:8080/v1", name: "small" });
    assert.deepEqual(own.egress, [{ cidr: "192.0.2.9/32", port: 8080 }]);
  });

  it("C2: refuse a secret that was set without --secret, and do not repeat it", () => {
    for (const key of secrets) {
      pulumi.runtime.setAllConfig({ [`todo-stack:${key}`]: "postgresql://user:hush@db.example.com/todo" });
      assert.throws(
        () => loadSettings(machine),
        (error: Error) => {
          assert.match(error.message, new RegExp(`${key} stands unencrypted .*config set --secret ${key}$`));
          assert.doesNotMatch(error.message, /hush/);
          return true;
        },
      );
    }
  });

  for (const [databaseUrl, message] of [
    ["hush", /^todo-stack:databaseUrl is no URL; it must be one such as postgresql:.*config set --secret databaseUrl$/],
    ["mysql://user:hush@db.example.com/todo", /databaseUrl is no URL of a PostgreSQL; it must be one such as/],
    ["postgresql://user:hush@localhost/todo", /databaseUrl names localhost, which to a pod is the pod itself/],
    ["postgresql://user:hush@127.0.0.1/todo", /databaseUrl names localhost/],
    ["postgresql:///todo", /databaseUrl names no host/],
    ["postgresql://user:hush@[2001:db8::1]/todo", /databaseUrl names an IPv6 address/],
  ] as const) {
    it(`C6: refuse the database ${databaseUrl.replace("hush", "…")}, and do not repeat it`, () => {
      const text = messageOf({ databaseUrl });
      assert.match(text, message);
      assert.doesNotMatch(text, /hush/);
    });
  }

  for (const key of ["openaiApiKey", "cohereApiKey"]) {
    it(`C2: refuse a ${key} that no header can hold, and do not repeat it`, () => {
      for (const value of ["hush hush", "hush\n", "hüsh-hush"]) {
        const text = messageOf({ [key]: value });
        assert.match(
          text,
          new RegExp(`^todo-stack:${key} holds a space, a line break or .*config set --secret ${key}$`),
        );
        assert.doesNotMatch(text, /hush/);
      }
    });
  }

  for (const llmBaseUrl of [
    "https://me:hush@llm.example.com/v1",
    "https://hush@llm.example.com/v1",
    "https://llm.example.com/v1?key=hush",
    "https://llm.example.com/v1#hush",
    "llm.example.com?key=hush",
  ]) {
    it(`C2: refuse ${llmBaseUrl.replace("hush", "…")}, which is no secret, and do not repeat what is one`, () => {
      const text = messageOf({ llmBaseUrl, openaiApiKey: "sk-1" });
      assert.match(text, /^todo-stack:llmBaseUrl is .*, but it must /);
      assert.doesNotMatch(text, /hush/);
    });
  }

  it("do not repeat a secret that somebody has set where none belongs", () => {
    assert.doesNotMatch(messageOf({ namespace: "postgresql://me:hush@db/todo" }), /hush/);
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
    [{ nodes: "0" }, /nodes is 0, but it must be a whole number from 1 to 9/],
    [{ nodes: "10" }, /nodes is 10, but it must be a whole number from 1 to 9/],
    [{ nodes: "3", driver: "kvm2" }, /nodes is 3, but the driver is kvm2: .* driver docker\. Type: .*config rm nodes$/],
    [{ driver: "none" }, /driver is none, but it must be one of docker, /],
    [{ profile: "Todo" }, /profile is Todo, but it must be 2 to 40 small letters/],
    [{ profile: "t" }, /profile is t, but it must be 2 to 40 small letters/],
    [{ profile: "../todo" }, /profile is \.\.\/todo, but it must be 2 to 40 small letters/],
    [{ profile: "todo-m02" }, /profile is todo-m02, but Minikube keeps names that end in -m/],
    [{ monitoring: "yes" }, /monitoring is yes, but it must be one of true, false/],
    [{ reader: "yes" }, /reader is yes, but it must be one of true, false/],
    [{ namespace: "default" }, /namespace is default, but Kubernetes keeps that name/],
    [{ namespace: "kube-system" }, /namespace is kube-system, but Kubernetes keeps that name/],
    [{ jwtSecretGeneration: "0" }, /jwtSecretGeneration is 0, but it must be a whole number of at least 1/],
    [{ databasePasswordGeneration: "x" }, /databasePasswordGeneration is x, but it must be a whole number/],
    [{ llmBaseUrl: "llm.example.com" }, /llmBaseUrl is llm\.example\.com, but it must be a URL that begins with https/],
    [{ llmBaseUrl: "http://localhost:1" }, /llmBaseUrl is http:\/\/localhost:1, but it names localhost/],
    [{ llmBaseUrl: "https://a.example" }, /llmBaseUrl is .*, but it is of no use without openaiApiKey or cohereApiKey/],
    [{ namespace: "a_b" }, /namespace is a_b, but it must be 2 to 40 small letters/],
    [
      { cpu: "2" },
      /^todo-stack:cpu is a setting that does not exist; known are target, profile, driver, .*config rm todo-stack:cpu$/,
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
