import { randomBytes } from "node:crypto";
import { parse } from "yaml";
import type { Cluster } from "./kubernetes-access.ts";
import { reasonOf } from "./kubernetes-access.ts";
import { compare } from "../diff.ts";
import type { Engine } from "../engine-messages.ts";
import { describeRelease } from "./helm-description.ts";
import type { Description } from "./helm-description.ts";
import { inputsWithDefaults, installFlags, refuseUnsupported, upgradeFlags } from "./helm-inputs.ts";
import { merge } from "../../../components/lib/merge-values.ts";
import { isMapping, unknown } from "../../../provider/engine/marks.ts";
import { asText, hasUnknowns, keepSecrets, objectAt, reveal, revealAll, secret, textAt } from "../properties.ts";
import type { Properties } from "../properties.ts";
import { NotReady } from "../resource-type.ts";
import type { Resource } from "../resource-type.ts";
import { isForgotten } from "./unreachable.ts";

/**
 * `kubernetes.helm.v3.Release`: a release of a chart in a local folder, installed, upgraded and uninstalled by helm.
 *
 * As in the official plugin only inputs are compared, the chart's `version` among them: an edit of a template goes
 * unnoticed. A release that fails to become ready keeps its new inputs, and the next `up` tries again.
 */
export const helmReleaseResource = (cluster: Cluster, engine: Engine): Resource => ({
  check: async (urn, olds, news) => {
    refuseUnsupported(revealAll(news));
    const inputs = inputsWithDefaults(news, cluster.defaultNamespace);
    if (!textAt(inputs, "name") && inputs["name"] !== unknown) inputs["name"] = textAt(olds, "name") ?? autoname(urn);
    if (hasUnknowns(inputs)) return { inputs };
    try {
      const chart = parse(await cluster.helm(["show", "chart", textAt(inputs, "chart") ?? ""])) as Properties;
      return { inputs: { ...inputs, version: asText(chart["version"]) } };
    } catch (error) {
      const reason = `${reasonOf(error)}; check the chart name and repository configuration.`;
      return { inputs, failures: [{ property: "chart", reason }] };
    }
  },

  diff: (state, inputs) => {
    const changes = compare(revealAll(state), revealAll(inputs), revealAll(objectAt(state, "__inputs")));
    return { changes, replaces: Object.keys(changes).filter((path) => path === "name" || path === "namespace") };
  },

  create: async (urn, inputs, preview) => {
    if (preview) return { id: "", state: checkpointOfPreview(inputs) };
    const { id, name, chart, namespaceFlags, values } = wordsOf(inputs);
    const reason = await cluster.unreachable();
    if (reason) throw new Error(`can't create Helm Release with unreachable cluster: ${reason}`);
    try {
      await cluster.helm(["install", name, chart, ...namespaceFlags, ...installFlags(revealAll(inputs))], values);
    } catch (error) {
      // Helm has made nothing of this name: it was there, or the chart was refused, or `atomic` took it away again.
      const nameIsTaken = /cannot re-use a name/.test(reasonOf(error));
      const release = nameIsTaken ? undefined : await describe(cluster, inputs).catch(() => undefined);
      if (!release) throw new Error(reasonOf(error), { cause: error });
      const advice = "Use the `helm` command to investigate the error, correct it, then retry.";
      const failed = `Helm release "${name}" was created but has a failed status. ${advice} Reason: ${reasonOf(error)}`;
      await engine.log("warning", failed, urn);
      const what = `Helm release "${id}" was created, but failed to initialize completely`;
      throw notReady(what, id, checkpoint(inputs, release), error);
    }
    return { id, state: await describe(cluster, inputs).then((release) => checkpoint(inputs, release)) };
  },

  read: async (urn, id, state) => {
    if (await isForgotten(cluster, engine, urn, "failed to read resource state due to unreachable cluster"))
      return undefined;
    const inputs = objectAt(state, "__inputs");
    if (Object.keys(inputs).length === 0)
      throw new Error("the stand-in for the kubernetes plugin cannot import releases");
    const release = await describe(cluster, state);
    return release && { id, inputs, state: checkpoint(inputs, release) };
  },

  update: async (_urn, state, inputs, preview) => {
    if (preview) return checkpointOfPreview(inputs);
    const { id, name, chart, namespaceFlags, values } = wordsOf(inputs);
    const reason = await cluster.unreachable();
    if (reason) throw new Error(`can't update Helm Release with unreachable cluster: ${reason}`);
    try {
      await cluster.helm(["upgrade", name, chart, ...namespaceFlags, ...upgradeFlags(revealAll(inputs))], values);
    } catch (error) {
      const release = await describe(cluster, inputs).catch(() => undefined);
      const before = Number(reveal(objectAt(state, "status")["revision"] ?? 0));
      // Without a new revision helm has refused the upgrade: then nothing has changed.
      if (!release || release.status.revision <= before) throw new Error(reasonOf(error), { cause: error });
      const what = `Helm release "${id}" failed to initialize completely`;
      throw notReady(what, id, checkpoint(inputs, release), error);
    }
    return describe(cluster, inputs).then((release) => checkpoint(inputs, release));
  },

  delete: (urn, _id, state) => uninstall(cluster, engine, urn, state),
});

async function uninstall(cluster: Cluster, engine: Engine, urn: string, state: Properties): Promise<void> {
  const reason = await cluster.unreachable();
  if (reason) throw new Error(`can't delete Helm Release with unreachable cluster. Reason: "${reason}"`);
  const { name, namespaceFlags } = wordsOf(state);
  const waits = state["atomic"] === true || state["skipAwait"] !== true;
  const flags = waits ? ["--wait", `--timeout=${Number(reveal(state["timeout"] ?? 0)) || 300}s`] : [];
  try {
    const said = await cluster.helm(["uninstall", name, ...namespaceFlags, ...flags]);
    const information = said.replace(/^release ".*" uninstalled$/m, "").trim();
    if (information) await engine.log("warning", `Helm uninstall returned information: "${information}"`, urn);
  } catch (error) {
    throw new Error(reasonOf(error), { cause: error });
  }
}

const autoname = (urn: string): string => `${urn.split("::").at(-1) ?? ""}-${randomBytes(4).toString("hex")}`;

/** What helm is told of a release; the values are for its standard input. */
function wordsOf(
  release: Properties,
): Record<"id" | "name" | "chart" | "values", string> & { namespaceFlags: string[] } {
  const [name = "", namespace = ""] = [textAt(release, "name"), textAt(release, "namespace")];
  return {
    id: `${namespace}/${name}`,
    name,
    chart: textAt(release, "chart") ?? "",
    namespaceFlags: ["--namespace", namespace],
    values: JSON.stringify(reveal(release["values"] ?? {})),
  };
}

const describe = (cluster: Cluster, release: Properties): Promise<Description | undefined> =>
  describeRelease(cluster, textAt(release, "name") ?? "", textAt(release, "namespace") ?? "");

function checkpoint(inputs: Properties, release: Description | undefined): Properties {
  if (!release) throw new Error(`Helm release "${wordsOf(inputs).id}" is gone: somebody has uninstalled it just now`);
  const { values, status, resourceNames } = release;
  const asked = reveal(inputs["values"] ?? {});
  const state = {
    ...revealAll(inputs),
    values: merge(isMapping(asked) ? asked : {}, values) as Properties,
    version: status.version,
    resourceNames,
    status: { ...status },
  };
  return { ...keepSecrets(state, inputs), __inputs: secret(inputs) };
}

const checkpointOfPreview = (inputs: Properties): Properties => ({
  ...inputs,
  resourceNames: unknown,
  status: unknown,
  __inputs: secret(inputs),
});

function notReady(what: string, id: string, state: Properties, cause: unknown): NotReady {
  const why = `failed to become available within allocated timeout. Error: Helm Release ${id}: ${reasonOf(cause)}`;
  return new NotReady(`${what}. Use Helm CLI to investigate: ${why}`, id, state, { cause });
}
