import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { stringify } from "yaml";
import type { Manifest } from "./render.ts";

interface Schema {
  properties?: object;
  additionalProperties?: unknown;
  "x-kubernetes-group-version-kind"?: { group: string; version: string; kind: string }[];
}

/** Checks manifests. Gives what is wrong, and how many were looked at. */
export async function kubeconform(
  schemas: string,
  manifests: readonly Manifest[],
): Promise<{ wrong: string[]; checked: number }> {
  const location = join(schemas, "{{.Group}}-{{.ResourceAPIVersion}}-{{.ResourceKind}}.json");
  const { stdout } = await execa("kubeconform", ["-output=json", "-verbose", `-schema-location=${location}`], {
    input: manifests
      .filter(isServed)
      .map((manifest) => stringify(manifest))
      .join("---\n"),
    reject: false,
  });
  const { resources } = JSON.parse(stdout) as {
    resources: { kind: string; name: string; status: string; msg: string }[];
  };
  const wrong = resources.filter(({ status }) => status !== "statusValid");
  return { wrong: wrong.map(({ kind, name, msg }) => `${kind}/${name}: ${msg}`), checked: resources.length };
}

/** The Gateway API is no part of Kubernetes: tests/chart/gateway.spec.ts says field by field what an HTTPRoute is. */
function isServed({ apiVersion }: Manifest): boolean {
  return !apiVersion.startsWith("gateway.networking.k8s.io/");
}

/**
 * Writes what an API server says of its objects as JSON schemas: one file a kind, which points into a file with all.
 * @param openApi its answer to `/openapi/v2`
 */
export async function writeSchemas(folder: string, openApi: string): Promise<void> {
  const { definitions } = JSON.parse(openApi) as { definitions: Record<string, Schema> };
  for (const schema of Object.values(definitions)) {
    // Otherwise a misspelt field would be one more field.
    if (schema.properties !== undefined) schema.additionalProperties ??= false;
  }
  // OpenAPI 2 has no words for these.
  definitions["io.k8s.apimachinery.pkg.util.intstr.IntOrString"] = { type: ["integer", "string"] } as Schema;
  definitions["io.k8s.apimachinery.pkg.api.resource.Quantity"] = { type: ["number", "string"] } as Schema;
  await writeFile(join(folder, "all.json"), JSON.stringify({ definitions }));
  for (const [name, { "x-kubernetes-group-version-kind": kinds = [] }] of Object.entries(definitions)) {
    for (const { group, version, kind } of kinds) {
      const file = `${group || version}-${version}-${kind.toLowerCase()}.json`;
      await writeFile(join(folder, file), JSON.stringify({ $ref: `all.json#/definitions/${name}` }));
    }
  }
}
