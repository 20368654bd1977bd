import { hashOf, chartFiles } from "../../components/build-context/content-hash.ts";
import type { MockEngine, Registration } from "../helpers/pretended/mocks.ts";

/** What a program registers, in an order of its own and without what follows the files of the checkout. */
export function planOf(engine: MockEngine): unknown[] {
  const plan = engine.registrations.map(withoutFiles).toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const text = JSON.stringify(plan)
    .replaceAll(hashOf(chartFiles("charts/todo")), "CHART")
    .replaceAll(/(todo-(?:backend|frontend))(:|","tag":")[0-9a-f]{16}/g, "$1$2TAG")
    .replaceAll(`linux/${process.arch === "x64" ? "amd64" : process.arch}`, "PLATFORM");
  return JSON.parse(text) as unknown[];
}

function withoutFiles(registration: Registration): Registration {
  const { inputs } = registration;
  const dependencies = registration.dependencies.toSorted();
  const dependenciesOf = Object.fromEntries(
    Object.entries(registration.dependenciesOf)
      .map(([key, names]) => [key, names.toSorted()] as const)
      .toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );
  const files = inputs["files"] === undefined ? {} : { files: "FILES" };
  return { ...registration, inputs: { ...inputs, ...files }, dependencies, dependenciesOf };
}
