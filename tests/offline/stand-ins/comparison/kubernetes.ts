import { unknown } from "../../../../provider/engine/marks.ts";
import { secret } from "../../../../offline/stand-ins/properties.ts";
import type { Properties } from "../../../../offline/stand-ins/properties.ts";
import { beginningOf, stateIn } from "./case.ts";
import type { Case } from "./case.ts";

const release = "kubernetes:helm.sh/v3:Release";
const kubernetesSecret = "kubernetes:core/v1:Secret";

const chart: Properties = { chart: "./chart", name: "todo", namespace: "todo", skipAwait: true, values: { a: 1 } };
const away = /^configured Kubernetes cluster is unreachable: unable to load schema information from the API server: /;
const secretInputs: Properties = {
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "todo", namespace: "todo" },
  stringData: secret({ A: "hush" }),
};

/** What a plugin for Kubernetes is asked, whose cluster is away. */
export const kubernetes = (): Case[] => [
  {
    title: "is configured for a cluster that is away",
    ask: (plugin) => plugin.configure({ kubeconfig: "kubeconfig", context: "todo" }),
    answer: { acceptsSecrets: true, previews: true },
  },
  {
    title: "finds no other cluster in the same settings",
    ask: (plugin) => plugin.diffConfig({ kubeconfig: "kubeconfig" }, { kubeconfig: "kubeconfig" }),
    answer: { changes: false, replaces: [] },
  },
  {
    title: "takes a kubeconfig that is not known yet for another cluster",
    ask: (plugin) => plugin.diffConfig({ kubeconfig: "kubeconfig" }, { kubeconfig: unknown }),
    answer: { changes: true, replaces: ["kubeconfig"] },
  },
  {
    title: "checks a release without a cluster",
    ask: async (plugin) => {
      const { name, namespace, skipAwait, values, version, timeout } = (await plugin.check(
        release,
        chart,
      )) as Properties;
      return { name, namespace, skipAwait, values, version, timeout };
    },
    answer: { name: "todo", namespace: "todo", skipAwait: true, values: { a: 1 }, version: "0.1.0", timeout: 0 },
  },
  {
    title: "keeps what is secret and what is not known yet in the values of a release",
    ask: async (plugin) => {
      const values = { a: secret("hush"), b: unknown };
      return ((await plugin.check(release, { ...chart, values })) as Properties)["values"];
    },
    answer: { a: secret("hush"), b: unknown },
  },
  {
    title: "refuses a chart that is not there",
    ask: (plugin) => plugin.check(release, { ...chart, chart: "./nothing" }),
    answer: { faults: ["chart"] },
  },
  {
    title: "shows a new release in a preview, without a cluster",
    ask: async (plugin) => {
      const inputs = (await plugin.check(release, chart)) as Properties;
      const { name, values } = stateIn(await plugin.create(release, inputs, true));
      return { name, values };
    },
    answer: { name: "todo", values: { a: 1 } },
  },
  {
    title: "finds what has changed of a release, without a cluster",
    ask: async (plugin) => {
      const inputs = (await plugin.check(release, chart)) as Properties;
      const state = { ...inputs, __inputs: secret(inputs) };
      return [
        await plugin.diff(release, state, inputs),
        await plugin.diff(release, state, { ...inputs, values: { a: 2 } }),
        await plugin.diff(release, state, { ...inputs, namespace: "other" }),
      ];
    },
    answer: [
      { changes: false, replaces: [] },
      { changes: true, replaces: [] },
      { changes: true, replaces: ["namespace"] },
    ],
  },
  {
    title: "makes and removes no release without a cluster",
    ask: async (plugin) => {
      const inputs = (await plugin.check(release, chart)) as Properties;
      const state = { ...inputs, __inputs: secret(inputs) };
      return [
        beginningOf(await plugin.create(release, inputs)),
        beginningOf(await plugin.update(release, state, inputs)),
        beginningOf(await plugin.delete(release, "todo/todo", state)),
      ];
    },
    answer: ["create", "update", "delete"].map((verb) => `can't ${verb} Helm Release with unreachable cluster`),
  },
  {
    title: "checks a Secret, whose data is secret",
    ask: async (plugin) => {
      const { metadata, data } = (await plugin.check(kubernetesSecret, secretInputs)) as Properties;
      return { metadata, data };
    },
    answer: { metadata: { name: "todo", namespace: "todo" }, data: secret({ A: "aHVzaA==" }) },
  },
  {
    title: "makes no Secret without a cluster",
    ask: async (plugin) => {
      const answer = (await plugin.create(kubernetesSecret, secretInputs)) as { error: string };
      return away.test(answer.error) || answer.error;
    },
    answer: true,
  },
  { title: "is cancelled", ask: (plugin) => plugin.cancel(), answer: {} },
];
