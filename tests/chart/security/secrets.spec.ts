import assert from "node:assert/strict";
import { containersOf, pick, podsOf, render, type Manifest } from "../support/render.ts";

const KEYS: Record<string, string[]> = {
  "Deployment/todo-backend": ["DATABASE_URL", "JWT_SECRET"],
  "Deployment/todo-frontend": [],
  "StatefulSet/todo-postgres": ["POSTGRES_PASSWORD"],
  "Pod/todo-test": [],
};

const OPTIONAL: Record<string, string[]> = {
  "Deployment/todo-backend": ["JWT_SECRET_PREVIOUS", "JWT_SECRET_NEXT", "OPENAI_API_KEY", "COHERE_API_KEY"],
};

const SECRETS: Record<string, string> = {
  "Deployment/todo-backend": "backend-1",
  "StatefulSet/todo-postgres": "postgres-1",
};

interface Source {
  name: string;
  optional?: boolean;
  items?: { key: string; path: string }[];
}

describe("chart: configuration and secrets", () => {
  let manifests: Manifest[];
  before(async () => {
    manifests = await render();
  });

  it("C1: each component has a ConfigMap with its settings, and reads it", async () => {
    assert.deepEqual(pick(manifests, "ConfigMap", "todo-backend").data, {
      LOG_LEVEL: "INFO",
      CORS_ORIGINS: "",
      API_VERSION: "v1",
      DATABASE_POOL_SIZE: "10",
      FORWARDED_ALLOW_IPS: "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16",
    });
    assert.deepEqual(pick(manifests, "ConfigMap", "todo-frontend").data, {
      BACKEND_URL: "http://todo-backend:8000",
      LOG_LEVEL: "INFO",
      PROBES_PORT: "3001",
      TRUSTED_PROXY_HOPS: "0",
    });
    const origins = "backend.config.corsOrigins={http://a.example,https://b.example:8443}";
    const several = pick(await render({ set: [origins] }), "ConfigMap", "todo-backend");
    assert.equal(several.data?.["CORS_ORIGINS"], "http://a.example,https://b.example:8443");
    for (const name of ["todo-backend", "todo-frontend"]) {
      const { containers } = pick(manifests, "Deployment", name).spec["template"].spec;
      assert.deepEqual(containers[0].envFrom, [{ configMapRef: { name } }], name);
    }
  });

  it("C2: each pod gets the keys it needs and no other, as files its own user can read", () => {
    for (const { owner, spec } of podsOf(manifests)) {
      const { projected } = (spec["volumes"] ?? []).find(({ name }: { name: string }) => name === "secrets") ?? {};
      const sources: Source[] = (projected?.sources ?? []).map(({ secret }: { secret: Source }) => secret);
      const keysOf = (optional: boolean) =>
        sources
          .filter((source) => (source.optional ?? false) === optional)
          .flatMap(({ name, items }) => {
            assert.equal(name, SECRETS[owner], owner);
            assert.ok(items, `${owner} mounts every key of the Secret`);
            return items.map(({ key, path }) => (assert.equal(path, key), key));
          });
      assert.deepEqual(keysOf(false), KEYS[owner], owner);
      assert.deepEqual(keysOf(true), OPTIONAL[owner] ?? [], owner);
      if (projected) assert.equal(projected.defaultMode, 0o440, owner);
      assert.ok(!JSON.stringify(spec).includes("secretName"), `${owner} mounts a Secret in another way`);
    }
    for (const { where, container } of containersOf(manifests)) {
      const mount = container.volumeMounts?.find(({ name }) => name === "secrets");
      if (mount) assert.deepEqual(mount, { name: "secrets", mountPath: "/run/secrets/todo", readOnly: true }, where);
    }
  });

  it("C2: no secret reaches a pod by its environment, and the chart makes no Secret", () => {
    assert.deepEqual(manifests.filter(({ kind }) => kind === "Secret"), []); // prettier-ignore
    for (const { where, container } of containersOf(manifests)) {
      for (const source of container.envFrom ?? []) assert.ok(!source.secretRef, where);
      for (const { name, valueFrom } of container.env ?? []) {
        assert.equal(valueFrom, undefined, `${where}, ${name}`);
        assert.doesNotMatch(name, /(PASSWORD|SECRET|KEY|DATABASE_URL)$/, `${where} has ${name} in its environment`);
      }
    }
  });

  it("C2: nothing rendered looks like a password, a key or a connection string", () => {
    const suspicious = /postgres(ql)?(\+\w+)?:\/\/|password: (?!\/)\S|BEGIN [A-Z ]*PRIVATE KEY|sk-[A-Za-z0-9]{8}/i;
    for (const manifest of manifests) {
      const found = suspicious.exec(JSON.stringify(manifest));
      assert.equal(found, null, `${manifest.kind}/${manifest.metadata.name}`);
    }
  });

  it("C4: the frontend is configured at run time only", () => {
    assert.doesNotMatch(JSON.stringify(manifests), /NEXT_PUBLIC_|NODE_ENV/);
  });
});
