import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { isCode, newCode } from "./code.ts";
import type { Plan } from "./remedies/remedy-plan.ts";

const content = z.object({
  plan: z.string(),
  hash: z.string(),
  what: z.string(),
  /** Milliseconds since 1970. */
  expires: z.number(),
  /** When a person has agreed, in ISO 8601. `npm run aiops -- approve CODE` writes it. */
  agreed: z.string().optional(),
});

/**
 * What is asked of people whose client cannot ask them: a file for each plan, named by its code. The person types the
 * code in a terminal, where they are shown what it is about. The folder is its owner's alone.
 */
export class TypedApprovals {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Asks, once for each plan. @param what would be done. @returns the code. */
  ask({ id, hash, expires }: Plan, what: string): string {
    this.#clear();
    const asked = this.#all().find(({ plan }) => plan === id);
    if (asked !== undefined) return asked.code;
    const code = newCode();
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const text = JSON.stringify({ plan: id, hash, what, expires });
    writeFileSync(this.#fileOf(code), text, { mode: 0o600, flag: "wx" });
    return code;
  }

  /** Whether a person has agreed to exactly this. */
  isAgreed({ id, hash }: Plan): boolean {
    return this.#all().some((asked) => asked.plan === id && asked.hash === hash && asked.agreed !== undefined);
  }

  /** Removes what has expired: a server that was ended has left it. */
  #clear(): void {
    for (const { code, expires } of this.#all()) if (expires < Date.now()) rmSync(this.#fileOf(code), { force: true });
  }

  #all(): (z.infer<typeof content> & { code: string })[] {
    return this.#names().flatMap((name) => {
      const code = name.slice(0, -".json".length);
      const read = content.safeParse(parse(this.#fileOf(code)));
      return read.success ? [{ ...read.data, code }] : [];
    });
  }

  #names(): string[] {
    try {
      return readdirSync(this.#folder).filter(
        (name) => name.endsWith(".json") && isCode(name.slice(0, -".json".length)),
      );
    } catch {
      return [];
    }
  }

  #fileOf(code: string): string {
    return join(this.#folder, `${code}.json`);
  }
}

const parse = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
};
