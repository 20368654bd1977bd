import assert from "node:assert/strict";
import { pick, podsOf, refusal, render, type Manifest } from "../support/render.ts";

const LABELS = { "app.kubernetes.io/name": "todo", "app.kubernetes.io/instance": "todo" };
const DNS = {
  to: [
    {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
      podSelector: {
        matchExpressions: [{ key: "k8s-app", operator: "In", values: ["kube-dns", "node-local-dns"] }],
      },
    },
  ],
  ports: [
    { port: 53, protocol: "UDP" },
    { port: 53, protocol: "TCP" },
  ],
};

describe("chart: network policies", () => {
  let manifests: Manifest[];
  before(async () => {
    manifests = await render();
  });

  it("S3: every pod of the release is closed both ways unless a flow is opened", () => {
    const deny = policy("todo-default-deny");
    assert.deepEqual(deny, { podSelector: { matchLabels: LABELS }, policyTypes: ["Ingress", "Egress"] });
    for (const { owner, labels } of podsOf(manifests)) {
      for (const [label, value] of Object.entries(LABELS))
        assert.equal(labels[label], value, `${owner} is not covered`);
    }
  });

  it("S3: opens browser to frontend to backend to database, and DNS to the applications", () => {
    assert.deepEqual(policy("todo-frontend").ingress, [{ ports: [{ port: 3000 }] }]);
    assert.deepEqual(policy("todo-frontend").egress, [DNS, { to: pods("backend"), ports: [{ port: 8000 }] }]);
    assert.deepEqual(policy("todo-backend").ingress, [{ from: pods("frontend"), ports: [{ port: 8000 }] }]);
    assert.deepEqual(policy("todo-backend").egress, [DNS, { to: pods("postgres"), ports: [{ port: 5432 }] }]);
    assert.deepEqual(policy("todo-postgres").ingress, [{ from: pods("backend"), ports: [{ port: 5432 }] }]);
    assert.equal(policy("todo-postgres").egress, undefined);
    for (const { kind, metadata, spec } of manifests.filter(({ kind }) => kind === "NetworkPolicy")) {
      assert.deepEqual(spec?.["policyTypes"], ["Ingress", "Egress"], `${kind}/${metadata.name}`);
    }
  });

  it("S3: the backend reaches the Internet only where told, and never the networks around the cluster", async () => {
    const set = ["networkPolicy.backendEgress[0].cidr=0.0.0.0/0", "networkPolicy.backendEgress[0].port=443"];
    const [, , internet] = pick(await render({ set }), "NetworkPolicy", "todo-backend").spec["egress"];
    assert.deepEqual(internet.ports, [{ port: 443 }]);
    const { cidr, except } = internet.to[0].ipBlock;
    assert.equal(cidr, "0.0.0.0/0");
    for (const network of ["10.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"]) {
      assert.ok(except.includes(network), `${network} is open`);
    }
  });

  it("S3: what lies outside may have an address of IPv6, and the Internet of that has no private networks either", async () => {
    const egress = [{ cidr: "2001:db8::/32", port: 443 }, { cidr: "::/0", port: 443 }]; // prettier-ignore
    const values = {
      networkPolicy: { backendEgress: egress },
      backup: { enabled: true, url: "s3://bucket/todo", egress },
      operations: {
        ...{ mode: "watch", image: { tag: "o1" }, webhook: { egress } },
        signIn: { issuer: "https://id.example", keys: "https://id.example/keys", people: ["ann"], egress },
      },
      secrets: { operations: "hook-1", assistants: "people-1" },
    };
    const rendered = await render({ values });
    const blocks = (name: string) =>
      (pick(rendered, "NetworkPolicy", name).spec["egress"] as { to?: { ipBlock?: object }[] }[])
        .flatMap(({ to = [] }) => to.flatMap(({ ipBlock }) => ipBlock ?? []))
        .filter((block) => "cidr" in block && String(block.cidr).includes(":"));
    const both = [{ cidr: "2001:db8::/32" }, { cidr: "::/0", except: ["fc00::/7", "fe80::/10"] }];
    assert.deepEqual(blocks("todo-backend"), both);
    // To the database, and to the store.
    assert.deepEqual(blocks("todo-backup"), [...both, ...both]);
    // To the webhook, and to the public keys.
    assert.deepEqual(blocks("todo-operations"), [...both, ...both]);
  });

  it("S3: with an external database no rule speaks of one in the cluster", async () => {
    const set = ["postgres.enabled=false", "networkPolicy.backendEgress[0].cidr=192.0.2.7/32", "networkPolicy.backendEgress[0].port=5432"]; // prettier-ignore
    const external = await render({ set });
    assert.deepEqual(external.filter(({ metadata }) => metadata.name === "todo-postgres"), []); // prettier-ignore
    assert.deepEqual(pick(external, "NetworkPolicy", "todo-backend").spec["egress"], [
      DNS,
      { to: [{ ipBlock: { cidr: "192.0.2.7/32" } }], ports: [{ port: 5432 }] },
    ]);
  });

  it("S3: names may be asked of a cache on the node and of another DNS, by every pod that asks any", async () => {
    const dns = {
      namespace: "openshift-dns",
      podLabels: { "dns.operator.openshift.io/daemonset-dns": "default" },
      ports: [53, 5353],
      addresses: ["169.254.20.10/32"],
    };
    const set = ["monitoring.enabled=true"];
    const policies = (await render({ set, values: { networkPolicy: { dns } } })).filter(
      ({ kind, spec }) => kind === "NetworkPolicy" && spec?.["egress"],
    );
    const names = policies.map(({ metadata }) => metadata.name);
    assert.deepEqual(names.toSorted(), ["todo-backend", "todo-frontend", "todo-prometheus", "todo-test"]);
    for (const { metadata, spec } of policies) {
      const [rule] = spec?.["egress"] as [typeof DNS];
      assert.deepEqual(
        rule,
        {
          to: [
            {
              namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": dns.namespace } },
              podSelector: { matchLabels: dns.podLabels },
            },
            { ipBlock: { cidr: "169.254.20.10/32" } },
          ],
          ports: [53, 5353].flatMap((port) => ["UDP", "TCP"].map((protocol) => ({ port, protocol }))),
        },
        metadata.name,
      );
    }
  });

  it("S3: who believes a proxy is reached by nobody else, so that no client's address is forged", async () => {
    const hops = "frontend.config.trustedProxyHops=1";
    const peersOf = async (set: string[]) =>
      pick(await render({ set: [hops, ...set] }), "NetworkPolicy", "todo-frontend").spec["ingress"] as unknown;
    const only = (...from: object[]) => [{ from: [...from, ...pods("test")], ports: [{ port: 3000 }] }];
    const inside = (namespace: string) => ({
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
    });
    const outside = { ipBlock: { cidr: "198.51.100.0/24" } };
    const proxies = "networkPolicy.proxies={198.51.100.0/24}";
    const gateway = ["gateway.enabled=true", "gateway.name=public"];

    assert.deepEqual(await peersOf(["ingress.enabled=true"]), only(inside("ingress-nginx")));
    assert.deepEqual(await peersOf([proxies]), only(outside));
    assert.deepEqual(await peersOf([...gateway, proxies]), only(outside));
    assert.deepEqual(await peersOf([...gateway, "gateway.proxyNamespace=envoy"]), only(inside("envoy")));
    const alb = ["ingress.enabled=true", "ingress.controllerNamespace=", proxies];
    assert.deepEqual(await peersOf(alb), only(outside));
    assert.match(await refusal({ set: [hops] }), /trustedProxyHops is 1, but no value says where that proxy is/);
    assert.match(await refusal({ set: [hops, ...gateway] }), /Set networkPolicy\.proxies to the networks/);
  });

  it("S3: an ingress controller outside the cluster reaches the backend by its networks, when told", async () => {
    const set = ["ingress.enabled=true", "ingress.exposeApi=true", "ingress.controllerNamespace=", "networkPolicy.proxies={198.51.100.0/24}"]; // prettier-ignore
    const [{ from }] = pick(await render({ set }), "NetworkPolicy", "todo-backend").spec["ingress"];
    assert.deepEqual(from, [...pods("frontend"), { ipBlock: { cidr: "198.51.100.0/24" } }]);
  });

  it("S3: can be left out", async () => {
    const open = await render({ set: ["networkPolicy.enabled=false"] });
    assert.deepEqual(open.filter(({ kind }) => kind === "NetworkPolicy"), []); // prettier-ignore
  });

  function policy(name: string) {
    return pick(manifests, "NetworkPolicy", name).spec;
  }
});

function pods(component: string) {
  return [{ podSelector: { matchLabels: { ...LABELS, "app.kubernetes.io/component": component } } }];
}
