// Writes schema.json from the types of the resources in main.ts: node provider/generate-schema.ts
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { format } from "prettier";
import ts from "typescript";
import type { PackageSchema, PropertySchema } from "./schema.ts";

const description =
  "A local Minikube cluster as a resource, and what a release in it needs until its application answers.";

type Properties = Record<string, PropertySchema>;

/** Describes the resources of this provider as Pulumi's package schema, with their types and comments. */
export async function schemaText(): Promise<string> {
  const main = join(import.meta.dirname, "main.ts");
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(import.meta.dirname, "../tsconfig.json"), (file) => readFileSync(file, "utf8")).config,
    ts.sys,
    join(import.meta.dirname, ".."),
  );
  const program = ts.createProgram([main], options);
  const source = program.getSourceFile(main);
  if (source === undefined) throw new Error(`${main} cannot be read`);
  const described = new Describer(program.getTypeChecker());
  const resources = Object.fromEntries(resourcesIn(source).map(([token, node]) => [token, described.resource(node)]));
  const schema: PackageSchema = {
    name: "minikube",
    version: "1.0.0",
    description,
    license: "Apache-2.0",
    types: sorted(described.types),
    resources: sorted(resources),
  };
  return await format(JSON.stringify(schema), { parser: "json", printWidth: 120 });
}

/** Every `"minikube:index:NAME": new CLASS(...)`. */
function resourcesIn(source: ts.SourceFile): [token: string, made: ts.NewExpression][] {
  const found: [string, ts.NewExpression][] = [];
  const look = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && ts.isStringLiteral(node.name) && ts.isNewExpression(node.initializer)) {
      found.push([node.name.text, node.initializer]);
    }
    ts.forEachChild(node, look);
  };
  look(source);
  return found;
}

class Describer {
  readonly types: PackageSchema["types"] = {};
  readonly #checker: ts.TypeChecker;

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker;
  }

  /** @param made where a class that implements Resource<Inputs, Checked, State> is made. */
  resource(made: ts.NewExpression): PackageSchema["resources"][string] {
    const symbol = this.#checker.getTypeAtLocation(made).symbol;
    const declaration = symbol.declarations?.find(ts.isClassDeclaration);
    const [inputs, , state] = declaration?.heritageClauses?.[0]?.types[0]?.typeArguments ?? [];
    if (inputs === undefined || state === undefined) throw new Error(`${symbol.name} does not implement Resource`);
    const [taken, given] = [inputs, state].map((node) => this.#properties(this.#checker.getTypeFromTypeNode(node)));
    return {
      ...this.#words(symbol),
      inputProperties: taken?.properties ?? {},
      requiredInputs: taken?.required ?? [],
      properties: given?.properties ?? {},
      required: given?.required ?? [],
    };
  }

  #properties(type: ts.Type): { properties: Properties; required: string[] } {
    const symbols = type.getProperties();
    const properties = symbols.map((symbol): [string, PropertySchema] => [
      symbol.name,
      { ...this.#typeOf(this.#checker.getTypeOfSymbol(symbol)), ...this.#words(symbol) },
    ]);
    const required = symbols.filter(({ flags }) => (flags & ts.SymbolFlags.Optional) === 0).map(({ name }) => name);
    return { properties: sorted(Object.fromEntries(properties)), required: required.toSorted() };
  }

  #typeOf(possiblyUndefined: ts.Type): PropertySchema {
    const type = this.#checker.getNonNullableType(possiblyUndefined);
    const is = (flags: ts.TypeFlags): boolean => (type.flags & flags) !== 0;
    if (is(ts.TypeFlags.StringLike) || (type.isUnion() && type.types.every((each) => each.isStringLiteral()))) {
      return { type: "string" };
    }
    if (is(ts.TypeFlags.NumberLike)) return { type: "integer" };
    if (is(ts.TypeFlags.BooleanLike)) return { type: "boolean" };
    const [item] = this.#checker.isArrayType(type) ? this.#checker.getTypeArguments(type as ts.TypeReference) : [];
    if (item !== undefined) return { type: "array", items: this.#typeOf(item) };
    const values = type.getStringIndexType();
    if (values !== undefined) return { type: "object", additionalProperties: this.#typeOf(values) };
    const symbol = type.getSymbol();
    if (symbol === undefined || symbol.name.startsWith("__") || type.getProperties().length === 0) {
      return { $ref: "pulumi.json#/Any" };
    }
    const token = `minikube:index:${symbol.name}`;
    this.types[token] ??= { type: "object", ...this.#words(symbol), ...this.#properties(type) };
    return { $ref: `#/types/${token}` };
  }

  #words(symbol: ts.Symbol): { description?: string } {
    const text = ts.displayPartsToString(symbol.getDocumentationComment(this.#checker)).trim();
    return text === "" ? {} : { description: text.replaceAll("\n", " ") };
  }
}

const sorted = <T>(all: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(all).toSorted(([one], [other]) => (one < other ? -1 : 1)));

if (process.argv[1] === import.meta.filename) {
  writeFileSync(join(import.meta.dirname, "schema.json"), await schemaText());
}
