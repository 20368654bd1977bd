import { ask, read } from "@/client/api/request";
import type { components } from "@/client/api/api-types";
import { retryIfBusy, waitMs } from "@/client/api/busy";
import { bytesOf, partsOf, type Format, type Part } from "./parts";

type Result = components["schemas"]["ImportResult"];

/** What an import has done so far, and which part of the file that was, from 0 to 1. */
export interface Imported extends Result {
  readonly share: number;
}

/** What one request may hold, with what is around the file. A smaller file is imported as a whole or not at all. */
const mostBytes = 5 * 1024 * 1024 - 100;
const partBytes = 1024 * 1024;
const mostProblems = 50;

/**
 * Adds the todos of a file, in several requests if it is large, and tells after each how far it is. It can be repeated
 * after a failure: what is there already is left as it is.
 */
export async function importFile(file: File, tell: (sofar: Imported) => void): Promise<void> {
  const content = await file.text();
  const format = formatOf(file.name);
  const parts = bytesOf(content) > mostBytes ? partsOf(content, format, partBytes) : [{ content, before: 0 }];
  let sofar: Imported = { added: 0, skipped: 0, problems: [], share: 0 };
  for (const [index, part] of parts.entries()) {
    const { added, skipped, problems } = await importPart(format, part);
    sofar = {
      added: sofar.added + added,
      skipped: sofar.skipped + skipped,
      problems: [...sofar.problems, ...problems].slice(0, mostProblems),
      share: (index + 1) / parts.length,
    };
    tell(sofar);
  }
}

async function importPart(format: Format, { content, before }: Part): Promise<Result> {
  const result = await whenNotBusy(() => read<Result>(ask("POST", "/api/backend/todos/import", { format, content })));
  const problems = result.problems.map(({ line, message }) => ({ line: line + before, message }));
  return { ...result, problems };
}

async function whenNotBusy<T>(request: () => Promise<T>, failures = 0): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (!(error instanceof Error) || !retryIfBusy(failures, error)) throw error;
    await new Promise((passed) => setTimeout(passed, waitMs(failures, error)));
    return whenNotBusy(request, failures + 1);
  }
}

function formatOf(name: string): Format {
  const ending = name.split(".").at(-1)?.toLowerCase() ?? "";
  return ending === "csv" || ending === "ics" ? ending : "json";
}
