import { isDeepStrictEqual } from "node:util";
import { compare } from "../diff.ts";
import { activeCluster, loadKubeconfig } from "./kubeconfig-setting.ts";
import { unknown } from "../../../provider/engine/marks.ts";
import { revealAll, textAt } from "../properties.ts";
import type { Properties } from "../properties.ts";
import type { Difference } from "../resource-type.ts";

/** The settings that choose the cluster. */
const choosing = ["kubeconfig", "context", "cluster"];

/**
 * Compares the settings of a kubernetes provider. A replacement replaces every resource of the provider, too.
 *
 * As in the official plugin: an unknown kubeconfig, context or cluster counts as another cluster; so does a change of
 * `clusterIdentifier`; with the same `clusterIdentifier` nothing else does; without one the entry of the active cluster
 * is compared.
 * @throws Error when a setting changed and a kubeconfig cannot be read.
 */
export function diffKubernetesProvider(olds: Properties, news: Properties): Difference {
  const [before, wanted] = [revealAll(olds), revealAll(news)];
  const changes = compare(before, wanted, before);
  if (Object.keys(changes).length === 0) return { changes };

  const identified = before["clusterIdentifier"] !== undefined && wanted["clusterIdentifier"] !== undefined;
  if (identified && changes["clusterIdentifier"] === undefined) return { changes };
  const replaces = identified ? ["clusterIdentifier"] : [];

  const unknowns = choosing.filter((key) => wanted[key] === unknown);
  if (unknowns.length > 0) return { changes, replaces: [...replaces, ...unknowns] };

  const [oldCluster, newCluster] = [clusterOf(before), clusterOf(wanted)];
  if (oldCluster && newCluster && !isDeepStrictEqual(oldCluster, newCluster))
    replaces.push(...choosing.filter((key) => changes[key] !== undefined));
  return { changes, replaces };
}

function clusterOf(settings: Properties): unknown {
  const kubeconfig = textAt(settings, "kubeconfig");
  if (!kubeconfig) return undefined;
  try {
    return activeCluster(loadKubeconfig(kubeconfig).config, textAt(settings, "context"), textAt(settings, "cluster"));
  } catch (error) {
    throw new Error(`failed to parse kubeconfig: ${(error as Error).message}`, { cause: error });
  }
}
