import assert from "node:assert/strict";
import { AppSecrets } from "../../components/app-secrets.ts";
import type { AppSecretsArgs } from "../../components/app-secrets.ts";
import { MinikubeCluster } from "../../components/minikube-cluster.ts";
import type { Holder } from "../../provider/data-loss/loss.ts";
import { clusterArgs } from "../helpers/pretended/cluster-args.ts";
import { isSecret, MockEngine, valueOf } from "../helpers/pretended/mocks.ts";

const password = "random:index/randomPassword:RandomPassword";
const secret = "kubernetes:core/v1:Secret";

interface Made {
  engine: MockEngine;
  secrets: AppSecrets;
}

/** Makes the secrets with a mock engine, in which every random text is `value`. */
async function make(
  args: Partial<Omit<AppSecretsArgs, "cluster">> = {},
  value = "c0ffee",
  life = "life-1",
): Promise<Made> {
  const engine = await MockEngine.start({
    "minikube:index:Cluster": {
      instance: "life-1",
      home: "/home/.minikube",
      dockerHost: "tcp://192.0.2.7:2376",
      dockerCertPath: "/certs",
    },
    "minikube:index:Namespace": { life },
    [password]: { result: value },
  });
  const generations = { jwtSecretGeneration: 1, databasePasswordGeneration: 1 };
  const cluster = new MinikubeCluster("todo", clusterArgs);
  const secrets = new AppSecrets("todo", { namespace: "space", keys: {}, ...generations, ...args, cluster });
  await engine.settle();
  return { engine, secrets };
}

function contentOf(engine: MockEngine, name: string): Record<string, string> {
  const { stringData } = engine.one(secret, name).inputs;
  assert.ok(isSecret(stringData), "the values of a Secret must travel as secrets, or previews and state show them");
  return (stringData as { value: Record<string, string> }).value;
}

const drawn = (engine: MockEngine): string[] =>
  engine.registrations.filter(({ type }) => type === password).map(({ name }) => name);

describe("AppSecrets", () => {
  it("makes the namespace, in which only hardened pods are let in", async () => {
    const { engine, secrets } = await make();
    const { holder, ...inputs } = engine.one("minikube:index:Namespace").inputs;
    assert.equal((holder as Holder).isPreview, false, "who does not know a preview cannot refuse an up");
    assert.equal((holder as Holder).toType?.keep, "npm run backup -- --stack test", "its own data are to be kept");
    assert.deepEqual(inputs, {
      name: "space",
      labels: { "pod-security.kubernetes.io/enforce": "restricted" },
      kubeconfig: ".state/demo.kubeconfig",
      context: "demo",
      home: "/home/.minikube",
      instance: "life-1",
    });
    assert.equal(await valueOf(secrets.namespace), "space");
  });

  it("U4: draws what it needs as passwords, not as RandomBytes, whose id is the secret in plain text", async () => {
    const { engine } = await make();
    const random = engine.registrations.filter(({ type }) => type.startsWith("random:"));
    assert.deepEqual(
      random.map(({ type, name, inputs }) => [type, name, inputs]),
      [
        [password, "todo-name-key", { length: 32, special: false }],
        [password, "todo-jwt-secret", { length: 64, special: false }],
        [password, "todo-jwt-secret-2", { length: 64, special: false }],
        [password, "todo-database-password", { length: 32, special: false }],
      ],
    );
  });

  it("C2: gives each component a Secret of its own with what it needs, and keeps every value secret on its way", async () => {
    const { engine, secrets } = await make({ keys: { OPENAI_API_KEY: "a-key" } });
    assert.deepEqual(contentOf(engine, "todo-postgres-secret"), { POSTGRES_PASSWORD: "c0ffee" });
    assert.deepEqual(contentOf(engine, "todo-backend-secret"), {
      DATABASE_URL: "postgresql+psycopg://todo:c0ffee@todo-postgres:5432/todo",
      JWT_SECRET: "c0ffee",
      JWT_SECRET_NEXT: "c0ffee",
      OPENAI_API_KEY: "a-key",
    });
    for (const component of ["backend", "postgres"] as const) {
      const { inputs } = engine.one(secret, `todo-${component}-secret`);
      assert.equal(inputs["type"], "Opaque");
      assert.equal(inputs["immutable"], true);
      const { name, namespace } = inputs["metadata"] as Record<string, string>;
      assert.equal(namespace, "space");
      assert.match(String(name), new RegExp(`^todo-${component}-[0-9a-f]{16}$`), "the name must be no secret");
      const output = secrets[component];
      assert.equal(output && (await valueOf(output)), name);
    }
  });

  it("C3: names a Secret after its content and a random key, so that it tells nothing", async () => {
    const nameOf = async (...args: Parameters<typeof make>): Promise<unknown> =>
      await valueOf((await make(...args)).secrets.backend);
    const name = await nameOf();
    assert.equal(await nameOf(), name, "the same content must keep its name");
    assert.notEqual(await nameOf({ keys: { OPENAI_API_KEY: "a-key" } }), name, "other content needs another name");
    const databaseUrl = "postgresql://u:p@192.0.2.9/db";
    const outside = await nameOf({ databaseUrl });
    assert.notEqual(await nameOf({ databaseUrl }, "another key"), outside, "without a key it could be guessed");
  });

  it("C3: keeps the JWT secrets before and after the present one, each under its number", async () => {
    const at = async (jwtSecretGeneration: number): Promise<{ names: string[]; hasPrevious: boolean }> => {
      const { engine } = await make({ jwtSecretGeneration });
      const names = drawn(engine).filter((name) => name.startsWith("todo-jwt-secret"));
      return {
        names: names.toSorted(),
        hasPrevious: "JWT_SECRET_PREVIOUS" in contentOf(engine, "todo-backend-secret"),
      };
    };
    assert.deepEqual(await at(1), { names: ["todo-jwt-secret", "todo-jwt-secret-2"], hasPrevious: false });
    const second = { names: ["todo-jwt-secret", "todo-jwt-secret-2", "todo-jwt-secret-3"], hasPrevious: true };
    assert.deepEqual(await at(2), second);
    const third = { names: ["todo-jwt-secret-2", "todo-jwt-secret-3", "todo-jwt-secret-4"], hasPrevious: true };
    assert.deepEqual(await at(3), third);
  });

  it("C3: draws another password of the database under another number", async () => {
    const { engine } = await make({ databasePasswordGeneration: 2 });
    assert.ok(drawn(engine).includes("todo-database-password-2"));
    assert.ok(!drawn(engine).includes("todo-database-password"));
  });

  it("C6: takes the URL of a database outside, and then has nothing for one in the cluster", async () => {
    const databaseUrl = "postgresql://me:pw@192.0.2.9:5433/mine";
    const { engine, secrets } = await make({ databaseUrl });
    assert.equal(contentOf(engine, "todo-backend-secret")["DATABASE_URL"], databaseUrl);
    assert.equal(secrets.postgres, undefined);
    assert.deepEqual(
      drawn(engine).filter((name) => name.includes("database")),
      [],
    );
  });

  it("asks no cluster that goes to delete what is in it", async () => {
    const { engine } = await make();
    const inside = engine.registrations.filter(({ type }) => type.startsWith("kubernetes:"));
    assert.equal(inside.length, 2);
    for (const resource of inside) {
      assert.equal(resource.provider, "todo-kubernetes", resource.name);
      assert.equal(resource.deletedWith, "todo-kubernetes", resource.name);
      assert.equal(resource.parent, "todo", resource.name);
    }
    assert.equal(engine.one("minikube:index:Namespace").deletedWith, "todo-cluster");
  });

  it("makes Secrets of other names in a new cluster or namespace, where removing an old one cannot hit a new one", async () => {
    const names = async (life: string): Promise<unknown[]> => {
      const { secrets } = await make({}, "c0ffee", life);
      return [await valueOf(secrets.backend), await valueOf(secrets.postgres ?? secrets.backend)];
    };
    const [one, same, other] = [await names("life-1"), await names("life-1"), await names("life-1.1")];
    assert.deepEqual(one, same);
    for (const name of one) assert.ok(!other.includes(name), `${String(name)} is the name in both`);
  });

  it("C3: keeps an old Secret until its pods are replaced", async () => {
    const { engine } = await make();
    assert.equal(engine.one("minikube:index:Namespace").deleteBeforeReplace, true, "two cannot have one name");
    assert.equal(engine.one(secret, "todo-backend-secret").deleteBeforeReplace, false);
    assert.equal(engine.one(secret, "todo-postgres-secret").deleteBeforeReplace, false);
  });
});
