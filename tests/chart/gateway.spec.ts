import assert from "node:assert/strict";
import { pick, refusal, render } from "./support/render.ts";

const ON = ["gateway.enabled=true", "gateway.name=public", "gateway.host=todo.example"];

describe("chart: Gateway", () => {
  it("is not used unless asked for, and must be named", async () => {
    assert.deepEqual((await render()).filter(({ kind }) => kind === "HTTPRoute"), []); // prettier-ignore
    assert.match(
      await refusal({ set: ["gateway.enabled=true"] }),
      /gateway\.name is empty\. Set it to the name of the/,
    );
  });

  it("routes the host to the frontend, and tells browsers to keep to https", async () => {
    const { apiVersion, spec } = pick(await render({ set: ON }), "HTTPRoute", "todo-frontend");
    assert.equal(apiVersion, "gateway.networking.k8s.io/v1");
    assert.deepEqual(spec, {
      parentRefs: [{ name: "public", namespace: "todo" }],
      hostnames: ["todo.example"],
      rules: [
        {
          matches: [{ path: { type: "PathPrefix", value: "/" } }],
          filters: [
            {
              type: "ResponseHeaderModifier",
              responseHeaderModifier: { set: [{ name: "Strict-Transport-Security", value: "max-age=31536000" }] },
            },
          ],
          backendRefs: [{ name: "todo-frontend", port: 3000 }],
        },
      ],
    });
  });

  it("leaves that header out where nobody wants it", async () => {
    const [rule] = pick(await render({ set: [...ON, "gateway.hstsSeconds=0"] }), "HTTPRoute", "todo-frontend").spec["rules"]; // prettier-ignore
    assert.equal(rule.filters, undefined);
  });

  it("takes one listener of a Gateway in another namespace, and redirects what comes by another", async () => {
    const set = [...ON, "gateway.namespace=edge", "gateway.listener=https", "gateway.redirectListener=http"];
    const manifests = await render({ set });
    const parentOf = (name: string) => pick(manifests, "HTTPRoute", name).spec["parentRefs"] as unknown;
    assert.deepEqual(parentOf("todo-frontend"), [{ name: "public", namespace: "edge", sectionName: "https" }]);
    assert.deepEqual(parentOf("todo-frontend-redirect"), [{ name: "public", namespace: "edge", sectionName: "http" }]);
    const { rules, hostnames } = pick(manifests, "HTTPRoute", "todo-frontend-redirect").spec;
    assert.deepEqual(hostnames, ["todo.example"]);
    assert.deepEqual(rules, [
      { filters: [{ type: "RequestRedirect", requestRedirect: { scheme: "https", statusCode: 301 } }] },
    ]);
  });

  it("refuses a redirect that does nothing, because the frontend itself takes what comes by http", async () => {
    assert.match(
      await refusal({ set: [...ON, "gateway.redirectListener=http"] }),
      /gateway\.redirectListener is "http", but gateway\.listener is empty: .+ Set gateway\.listener to the name/,
    );
  });
});

describe("chart: the frontend's Service", () => {
  it("is set up for a cloud's load balancer by values", async () => {
    const values = {
      frontend: {
        service: {
          type: "LoadBalancer",
          loadBalancerClass: "service.k8s.aws/nlb",
          loadBalancerSourceRanges: ["198.51.100.0/24"],
          externalTrafficPolicy: "Local",
          annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing" },
        },
      },
    };
    const { spec, metadata } = pick(await render({ values }), "Service", "todo-frontend");
    const { type, loadBalancerClass, loadBalancerSourceRanges, externalTrafficPolicy } = spec;
    const { annotations, ...expected } = values.frontend.service;
    assert.deepEqual({ type, loadBalancerClass, loadBalancerSourceRanges, externalTrafficPolicy }, expected);
    assert.deepEqual({ ...metadata.annotations, ...annotations }, metadata.annotations);
  });

  it("has nothing of a load balancer when it is none", async () => {
    const set = ["frontend.service.type=ClusterIP", "frontend.service.loadBalancerClass=x", "frontend.service.loadBalancerSourceRanges={198.51.100.0/24}"]; // prettier-ignore
    const { spec } = pick(await render({ set }), "Service", "todo-frontend");
    assert.deepEqual(Object.keys(spec).sort(), ["ports", "selector", "sessionAffinity", "sessionAffinityConfig", "type"]); // prettier-ignore
    assert.equal(spec["ports"][0].nodePort, undefined);
  });
});
