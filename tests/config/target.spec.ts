import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { loadSettings } from "../../config.ts";
import { MockEngine } from "../helpers/pretended/mocks.ts";

const id = "3f2c0a4e-0000-4000-8000-000000000001";
const existing = {
  target: "kubernetes",
  context: "prod",
  clusterId: id,
  registry: "ghcr.io/acme",
  host: "todo.example.com",
};

function load(config: Record<string, string>): ReturnType<typeof loadSettings> {
  const entries = Object.entries(config).map(([key, value]) => [`todo-stack:${key}`, value]);
  const encrypted = ["todo-stack:registryPassword", "todo-stack:databaseUrl"];
  pulumi.runtime.setAllConfig(Object.fromEntries(entries) as Record<string, string>, encrypted);
  return loadSettings({ cpus: 8, memory: 16_000 });
}

describe("the settings of the target", () => {
  before(() => MockEngine.start());
  after(() => pulumi.runtime.setAllConfig({}));

  it("are those of a Minikube by default", () => {
    assert.equal(load({}).existing, undefined);
    assert.equal(load({ target: "minikube" }).existing, undefined);
  });

  it("are what the stack says of a cluster that is there", () => {
    assert.deepEqual(load(existing).existing, {
      ...{
        context: "prod",
        clusterId: id,
        registry: "ghcr.io/acme",
        platform: "linux/amd64",
        host: "todo.example.com",
      },
      ...{ ingressClass: "", gateway: "", tlsSecret: "", certIssuer: "", storageClass: "", values: {} },
      registryLogin: undefined,
    });
    const { values } = load({ ...existing, values: "charts/todo/examples/k3s.yaml" }).existing ?? {};
    assert.ok(values !== undefined && "ingress" in values);
  });

  it("may come with defaults, as the engine gives them", () => {
    load({ ...existing, profile: "todo", driver: "docker", cpus: "4", memory: "8192", port: "30080" });
    load({ platform: "linux/amd64", context: "", registry: "" });
  });

  it("name the network of a database at a private address", () => {
    const databaseUrl = "postgresql://a:b@db.internal:5432/todo";
    const { egress } = load({ ...existing, databaseUrl, databaseCidr: "10.1.0.0/16" });
    assert.deepEqual(egress, [{ cidr: "10.1.0.0/16", port: 5432 }]);
  });

  const refused: [config: Record<string, string>, message: RegExp][] = [
    [{ target: "cloud" }, /target is cloud, but it must be one of minikube, kubernetes/],
    [{ context: "prod" }, /context means nothing with the target minikube. Type: npx pulumi config rm context/],
    [{ ...existing, port: "8080" }, /port means nothing with the target kubernetes. Type: npx pulumi config rm port/],
    [{ ...existing, context: "" }, /context is missing. Type, for example: npx pulumi config set context /],
    [{ ...existing, registry: "" }, /registry is missing/],
    [{ ...existing, host: "" }, /host is missing/],
    [{ ...existing, host: "https://todo.example.com" }, /host is .+, but it must be a host name without https/],
    [{ ...existing, registry: "acme" }, /registry is acme, but it must be the name of a registry with a dot/],
    [{ ...existing, registry: "ghcr.io/Acme" }, /registry is ghcr.io\/Acme/],
    [{ ...existing, clusterId: "prod" }, /clusterId is prod, but it must be the uid of a namespace/],
    [{ ...existing, platform: "linux/386" }, /platform is linux\/386/],
    [{ ...existing, gateway: "public" }, /gateway is public, but it must be NAMESPACE\/NAME/],
    [{ ...existing, gateway: "a/b", ingressClass: "nginx" }, /ingressClass and gateway do not go together/],
    [{ ...existing, tlsSecret: "a", certIssuer: "b" }, /certIssuer and tlsSecret do not go together/],
    [{ ...existing, registryUser: "a" }, /registryPassword is missing.+config set --secret registryPassword/],
    [{ ...existing, values: "nowhere.yaml" }, /values is nowhere.yaml, but there is no such file/],
    [{ ...existing, values: "LICENSE" }, /values is LICENSE, which /],
    [{ databaseCidr: "10.0.0.1" }, /databaseCidr is 10.0.0.1, but it must be a network/],
  ];
  for (const [config, message] of refused) {
    it(`refuse ${JSON.stringify(config)}`, () => {
      assert.throws(
        () => load(config),
        (error) => pulumi.RunError.isInstance(error) && message.test(error.message),
      );
    });
  }

  it("refuse npm run dev in a cluster of others", () => {
    process.env["TODO_STACK_DEVELOPMENT"] = "true";
    try {
      assert.throws(() => load(existing), /TODO_STACK_DEVELOPMENT means nothing/);
    } finally {
      delete process.env["TODO_STACK_DEVELOPMENT"];
    }
  });

  it("never show the password", () => {
    assert.throws(
      () => {
        pulumi.runtime.setAllConfig({ "todo-stack:target": "kubernetes", "todo-stack:registryPassword": "t0ps3cret" });
        loadSettings({ cpus: 8, memory: 16_000 });
      },
      (error: Error) => /unencrypted/.test(error.message) && !error.message.includes("t0ps3cret"),
    );
  });
});
