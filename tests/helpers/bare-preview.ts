import { minimalPath } from "./pretended/minimal-path.ts";
import type { WorkingCopy } from "./working-copy.ts";

/** What a preview plans for each resource, by its type: `create`, `update`, `same`, … */
export type Plan = Map<string, string>;

/** Previews with a PATH that holds no docker, minikube, helm or kubectl. */
export async function previewWithNothingRunning(copy: WorkingCopy): Promise<Plan> {
  const output = await copy.succeed("pulumi", ["preview", "--json", "--stack", copy.stack], {
    PATH: await minimalPath(copy.folder),
  });
  const { steps } = JSON.parse(output) as { steps: { op: string; newState?: { type: string } }[] };
  return new Map(steps.map(({ op, newState }) => [newState?.type ?? "", op]));
}
