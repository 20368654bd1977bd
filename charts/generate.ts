/**
 * Writes what follows from `todo/values.yaml`: the closed JSON schema Helm checks values against, and the table of
 * values in the chart's README. Run it after editing values: `node charts/generate.ts`.
 *
 * A value's comment is its documentation (`# -- text`, the convention of helm-docs); a line `# @schema KEYWORDS` before
 * it adds JSON schema keywords, written as a YAML flow mapping without its braces. Types come from the default values.
 */
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import { isMap, isScalar, parse, parseDocument, type Node, type Pair, type YAMLMap } from "yaml";

type Schema = Record<string, unknown>;

interface Value {
  readonly path: string;
  readonly type: string;
  readonly value: unknown;
  readonly description: string;
}

const CHART = new URL("./todo/", import.meta.url);
const TABLE = /(<!-- values: generated .*-->\n)[^]*(<!-- values: end -->)/;

const DEFINITIONS: Schema = {
  cpu: { type: "string", pattern: "^[0-9]+(\\.[0-9]+)?m?$" },
  bytes: { type: "string", pattern: "^[0-9]+(\\.[0-9]+)?(k|M|G|T|Ki|Mi|Gi|Ti)?$" },
};

/**
 * The JSON schema for a chart's values: closed, so that a misspelt key is refused.
 * @param values text of `values.yaml`
 * @returns the schema as formatted JSON
 * @throws Error naming the first value without a description
 */
export function schemaOf(values: string): Promise<string> {
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    $defs: DEFINITIONS,
    ...mapSchema(rootOf(values), ""),
  };
  return format(JSON.stringify(schema), { parser: "json", printWidth: 120 });
}

/**
 * The README with its table of values replaced by that of `values`.
 * @param readme the present README, which holds the two markers of the table
 * @param values text of `values.yaml`
 * @throws Error if the README lacks the markers
 */
export async function readmeOf(readme: string, values: string): Promise<string> {
  if (!TABLE.test(readme)) throw new Error("The chart's README lacks the markers around its table of values.");
  const rows = leavesOf(rootOf(values), "").map(
    ({ path, type, value, description }) => `| \`${path}\` | ${type} | \`${JSON.stringify(value)}\` | ${description} |`,
  );
  const table = ["| Key | Type | Default | Description |", "| --- | --- | --- | --- |", ...rows].join("\n");
  const replaced = readme.replace(TABLE, (_, start: string, end: string) => `${start}\n${table}\n\n${end}`);
  return format(replaced, { parser: "markdown", printWidth: 120 });
}

/** Schema of one mapping: every key known, none required, since the defaults fill what is not given. */
function mapSchema(map: YAMLMap, path: string): Schema {
  const properties: Schema = {};
  map.items.forEach((pair, index) => {
    const key = keyOf(pair);
    const child = path ? `${path}.${key}` : key;
    const { keywords, description } = documentationOf(map, index);
    if (isLevel(pair.value)) {
      properties[key] = mapSchema(pair.value, child);
      return;
    }
    if (!description) throw new Error(`${child} in values.yaml has no description: add a comment "# -- ..." above it.`);
    const type = keywords["$ref"] ? {} : { type: typeOf(valueOf(pair)) };
    properties[key] = { ...type, ...keywords, description };
  });
  return { type: "object", additionalProperties: false, properties };
}

function leavesOf(map: YAMLMap, path: string): Value[] {
  return map.items.flatMap((pair, index) => {
    const child = path ? `${path}.${keyOf(pair)}` : keyOf(pair);
    if (isLevel(pair.value)) return leavesOf(pair.value, child);
    const value = valueOf(pair);
    return [{ path: child, type: typeOf(value), value, description: documentationOf(map, index).description }];
  });
}

/** An empty mapping is a value of free keys; any other is a level of named values. */
function isLevel(node: unknown): node is YAMLMap {
  return isMap(node) && node.items.length > 0;
}

function documentationOf(map: YAMLMap, index: number): { keywords: Schema; description: string } {
  const lines = commentOf(map, index)
    .split("\n")
    .map((line) => line.trim());
  const keywords = lines.filter((line) => line.startsWith("@schema ")).map((line) => line.slice("@schema ".length));
  const start = lines.findIndex((line) => line.startsWith("-- "));
  return {
    keywords: Object.assign({}, ...keywords.map((line) => parse(`{${line}}`) as Schema)) as Schema,
    description: start < 0 ? "" : lines.slice(start).join(" ").slice("-- ".length).trim(),
  };
}

/** The parser hands the comment of a mapping's first key to the mapping itself. */
function commentOf(map: YAMLMap, index: number): string {
  const key = map.items[index]?.key as Node | undefined;
  return (index === 0 ? map.commentBefore : key?.commentBefore) ?? "";
}

function rootOf(values: string): YAMLMap {
  const { contents, errors } = parseDocument(values);
  if (errors[0]) throw errors[0];
  if (!isMap(contents)) throw new Error("values.yaml is no mapping.");
  return contents;
}

function keyOf(pair: Pair): string {
  return String(isScalar(pair.key) ? pair.key.value : pair.key);
}

function valueOf(pair: Pair): unknown {
  return (pair.value as Node).toJSON() as unknown;
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const values = await readFile(new URL("values.yaml", CHART), "utf8");
  const readme = await readFile(new URL("README.md", CHART), "utf8");
  await writeFile(new URL("values.schema.json", CHART), await schemaOf(values));
  await writeFile(new URL("README.md", CHART), await readmeOf(readme, values));
}
