import assert from "node:assert/strict";
import { hardened } from "./support/hardened.ts";
import { containersOf, pick, refusal, render, type Container, type Manifest } from "./support/render.ts";

const ON = ["backup.enabled=true", "backup.url=s3://bucket/todo"];

describe("chart: backups to a bucket", () => {
  let manifests: Manifest[];
  before(async () => {
    manifests = await render({ set: [...ON, "secrets.backup=store-1"] });
  });

  it("are made only if asked for, and need a bucket", async () => {
    assert.deepEqual((await render()).filter(({ kind }) => kind === "CronJob"), []); // prettier-ignore
    assert.match(
      await refusal({ set: ["backup.enabled=true"] }),
      /backup\.url is empty\. Set it to the bucket and folder/,
    );
    assert.match(await refusal({ set: ["backup.enabled=true", "backup.url=bucket"] }), /'\/backup\/url'.*pattern/);
  });

  it("are dumped by the version of the database, read once, then sent", () => {
    const { initContainers, containers, restartPolicy } = podOf(manifests);
    assert.equal(restartPolicy, "Never");
    assert.deepEqual([initContainers.length, containers.length], [1, 1]);
    const [dump, upload] = [initContainers[0], containers[0]];
    assert.equal(
      dump?.image,
      pick(manifests, "StatefulSet", "todo-postgres").spec["template"].spec.containers[0].image,
    );
    assert.match(dump?.command?.at(-1) ?? "", /pg_dump .*\n[^]*pg_restore --list/);
    assert.match(upload?.command?.at(-1) ?? "", /rclone copyto \/backup\/todo\.dump "store:\$FOLDER\/todo-/);
    assert.equal(settingsOf(upload).get("FOLDER"), "bucket/todo");
  });

  it("reach the database as the backend does, and give that to the dump alone", async () => {
    const backend = {
      extraEnv: [{ name: "PGSSLROOTCERT", value: "/ca/ca.crt" }],
      extraVolumes: [{ name: "ca", configMap: { name: "database-ca" } }],
      extraVolumeMounts: [{ name: "ca", mountPath: "/ca", readOnly: true }],
    };
    const pod = podOf(await render({ set: ON, values: { backend } }));
    const [dump, upload] = [pod.initContainers[0], pod.containers[0]];
    assert.deepEqual(dump?.env, backend.extraEnv);
    assert.deepEqual(dump.volumeMounts?.slice(-1), backend.extraVolumeMounts);
    assert.deepEqual((pod["volumes"] as object[]).slice(-1), backend.extraVolumes);
    assert.doesNotMatch(JSON.stringify(upload), /PGSSLROOTCERT|"ca"/);
  });

  it("go to any store that speaks S3", async () => {
    const set = [...ON, "backup.endpoint=https://store.example", "backup.region=eu-1"];
    const settings = settingsOf(podOf(await render({ set })).containers[0]);
    assert.equal(settings.get("RCLONE_CONFIG_STORE_PROVIDER"), "Other");
    assert.equal(settings.get("RCLONE_CONFIG_STORE_ENDPOINT"), "https://store.example");
    assert.equal(settings.get("RCLONE_CONFIG_STORE_REGION"), "eu-1");
    assert.equal(settingsOf(podOf(manifests).containers[0]).get("RCLONE_CONFIG_STORE_PROVIDER"), "AWS");
  });

  it("C2: the store's credentials are a file, and none is named where the account has a role", async () => {
    assert.equal(settingsOf(podOf(manifests).containers[0]).get("AWS_SHARED_CREDENTIALS_FILE"), "/run/secrets/todo/S3_CREDENTIALS"); // prettier-ignore
    assert.match(JSON.stringify(podOf(manifests).volumes), /"name":"store-1","items":\[\{"key":"S3_CREDENTIALS"/);
    const values = { backup: { serviceAccountAnnotations: { "eks.amazonaws.com/role-arn": "arn" } } };
    const byRole = await render({ set: ON, values });
    assert.ok(!settingsOf(podOf(byRole).containers[0]).has("AWS_SHARED_CREDENTIALS_FILE"));
    assert.doesNotMatch(JSON.stringify(podOf(byRole).volumes), /S3_CREDENTIALS/);
    assert.deepEqual(pick(byRole, "ServiceAccount", "todo-backup").metadata.annotations, { "eks.amazonaws.com/role-arn": "arn" }); // prettier-ignore
  });

  it("S1: are made under the hardening of all pods, by an account of their own", () => {
    const pod = podOf(manifests);
    for (const container of [...pod.initContainers, ...pod.containers]) {
      assert.deepEqual(container.securityContext, hardened, container.name);
    }
    assert.deepEqual([pod["serviceAccountName"], pod["automountServiceAccountToken"]], ["todo-backup", false]);
    assert.ok(containersOf(manifests).length > 0);
  });

  it("S3: reach the database and the store, and the database lets them in", async () => {
    const backup = { "app.kubernetes.io/name": "todo", "app.kubernetes.io/instance": "todo", "app.kubernetes.io/component": "backup" }; // prettier-ignore
    const { podSelector, policyTypes, egress } = pick(manifests, "NetworkPolicy", "todo-backup").spec;
    assert.deepEqual(podSelector.matchLabels, backup);
    assert.deepEqual(policyTypes, ["Ingress", "Egress"]);
    const [, database, store, ...more] = egress;
    assert.deepEqual([database.ports, store.ports, more], [[{ port: 5432 }], [{ port: 443 }], []]);
    assert.ok(store.to[0].ipBlock.except.includes("10.0.0.0/8"), "the cluster's own network is open");
    const [{ from }] = pick(manifests, "NetworkPolicy", "todo-postgres").spec["ingress"];
    assert.deepEqual(from[1], { podSelector: { matchLabels: backup } });

    const external = { cidr: "192.0.2.7/32", port: 5432 };
    const outside = await render({ set: [...ON, "postgres.enabled=false"], values: { networkPolicy: { backendEgress: [external] } } }); // prettier-ignore
    const [, rule] = pick(outside, "NetworkPolicy", "todo-backup").spec["egress"];
    assert.deepEqual(rule, { to: [{ ipBlock: { cidr: external.cidr } }], ports: [{ port: 5432 }] });
  });
});

interface BackupPod {
  initContainers: Container[];
  containers: Container[];
  [field: string]: unknown;
}

function podOf(manifests: Manifest[]): BackupPod {
  return pick(manifests, "CronJob", "todo-backup").spec["jobTemplate"].spec.template.spec as BackupPod;
}

function settingsOf(container: Container | undefined): Map<string, string | undefined> {
  return new Map((container?.env ?? []).map(({ name, value }) => [name, value]));
}
