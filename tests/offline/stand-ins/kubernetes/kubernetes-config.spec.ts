import assert from "node:assert/strict";
import { createFixture } from "fs-fixture";
import { diffKubernetesProvider } from "../../../../offline/stand-ins/kubernetes/kubernetes-config.ts";
import { unknown } from "../../../../provider/engine/marks.ts";
import { secret } from "../../../../offline/stand-ins/properties.ts";
import type { Properties } from "../../../../offline/stand-ins/properties.ts";

const kubeconfig = (server: string): string =>
  JSON.stringify({
    contexts: [
      { name: "todo", context: { cluster: "todo" } },
      { name: "other", context: { cluster: "other" } },
    ],
    clusters: [
      { name: "todo", cluster: { server } },
      { name: "other", cluster: { server: "https://other" } },
    ],
  });
const here = kubeconfig("https://here");
const there = kubeconfig("https://there");

interface Case {
  what: string;
  olds: Properties;
  news: Properties;
  changes: string[];
  replaces?: string[];
}

const cases: Case[] = [
  {
    what: "nothing",
    olds: { kubeconfig: here, context: "todo" },
    news: { kubeconfig: here, context: "todo" },
    changes: [],
  },
  {
    what: "an unknown kubeconfig",
    olds: { kubeconfig: here },
    news: { kubeconfig: unknown },
    changes: ["kubeconfig"],
    replaces: ["kubeconfig"],
  },
  {
    what: "another server in the kubeconfig's text",
    olds: { kubeconfig: here, context: "todo" },
    news: { kubeconfig: there, context: "todo" },
    changes: ["kubeconfig"],
    replaces: ["kubeconfig"],
  },
  {
    what: "another server for a context that is not used",
    olds: { kubeconfig: here, context: "other" },
    news: { kubeconfig: there, context: "other" },
    changes: ["kubeconfig"],
    replaces: [],
  },
  {
    what: "another context",
    olds: { kubeconfig: here, context: "todo" },
    news: { kubeconfig: here, context: "other" },
    changes: ["context"],
    replaces: ["context"],
  },
  {
    what: "a setting that does not choose the cluster",
    olds: { kubeconfig: here, context: "todo" },
    news: { kubeconfig: here, context: "todo", deleteUnreachable: "true" },
    changes: ["deleteUnreachable"],
    replaces: [],
  },
  {
    what: "another clusterIdentifier",
    olds: { kubeconfig: here, context: "todo", clusterIdentifier: "1" },
    news: { kubeconfig: here, context: "todo", clusterIdentifier: "2" },
    changes: ["clusterIdentifier"],
    replaces: ["clusterIdentifier"],
  },
  {
    what: "an unknown clusterIdentifier",
    olds: { kubeconfig: here, clusterIdentifier: "1" },
    news: { kubeconfig: here, clusterIdentifier: unknown },
    changes: ["clusterIdentifier"],
    replaces: ["clusterIdentifier"],
  },
  {
    what: "a first clusterIdentifier",
    olds: { kubeconfig: here, context: "todo" },
    news: { kubeconfig: here, context: "todo", clusterIdentifier: "1" },
    changes: ["clusterIdentifier"],
    replaces: [],
  },
  {
    what: "another kubeconfig of the same clusterIdentifier",
    olds: { kubeconfig: here, context: "todo", clusterIdentifier: "1" },
    news: { kubeconfig: secret(there), context: "todo", clusterIdentifier: "1" },
    changes: ["kubeconfig"],
  },
  {
    what: "an unknown kubeconfig of the same clusterIdentifier",
    olds: { kubeconfig: here, clusterIdentifier: "1" },
    news: { kubeconfig: unknown, clusterIdentifier: "1" },
    changes: ["kubeconfig"],
  },
];

describe("stand-ins: a change of the kubernetes provider's settings", () => {
  for (const { what, olds, news, changes, replaces = [] } of cases)
    it(`${replaces.length > 0 ? "replaces" : "does not replace"} it for ${what}`, () => {
      const difference = diffKubernetesProvider(olds, news);
      assert.deepEqual([Object.keys(difference.changes), difference.replaces ?? []], [changes, replaces]);
    });

  it("goes unnoticed behind a kubeconfig's path that stays the same", async () => {
    await using fixture = await createFixture({ config: here });
    const settings = { kubeconfig: fixture.getPath("config"), context: "todo" };
    await fixture.writeFile("config", there);
    assert.deepEqual(diffKubernetesProvider(settings, settings), { changes: {} });
  });

  it("cannot be judged when a kubeconfig's file is gone and another setting changes", () => {
    const settings = { kubeconfig: "/nowhere/kubeconfig", context: "todo" };
    assert.throws(
      () => diffKubernetesProvider(settings, { ...settings, namespace: "x" }),
      /failed to parse kubeconfig/,
    );
  });
});
