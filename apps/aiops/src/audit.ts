import { appendFileSync, readFileSync } from "node:fs";

/** One line of the log. */
export interface AuditEntry {
  /**
   * What happened: `call`, `planned`, `asked`, `approved`, `declined`, `refused`, `applied`, `evicting`, `fixed`,
   * `undone`, `kept`.
   */
  event: string;
  /** The tool, or the finding and what is done about it. */
  [field: string]: unknown;
}

/** Where all that was asked and done is written down. */
export interface Records {
  /** @throws Error when nothing can be written; then nothing may be done either. */
  write(entry: AuditEntry): void | Promise<void>;
  /** When something was applied for a finding, in milliseconds since 1970, oldest first. */
  appliedFor(finding: string): number[];
}

/** The log of all that was asked and done: JSON lines, only ever added to, readable by its owner alone. */
export class Audit implements Records {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** @throws Error when nothing can be written; then nothing may be done either. */
  write(entry: AuditEntry): void {
    const line = JSON.stringify({ time: new Date().toISOString(), ...entry });
    appendFileSync(this.#file, `${line}\n`, { mode: 0o600 });
  }

  /** When something was applied for a finding, in milliseconds since 1970, oldest first. Outlives the server. */
  appliedFor(finding: string): number[] {
    return this.#lines().flatMap((line) => {
      const entry = parse(line);
      return entry?.event === "applied" && entry.finding === finding ? [Date.parse(String(entry.time))] : [];
    });
  }

  #lines(): string[] {
    try {
      return readFileSync(this.#file, "utf8").split("\n");
    } catch {
      return [];
    }
  }
}

const parse = (line: string): AuditEntry | undefined => {
  try {
    return JSON.parse(line) as AuditEntry;
  } catch {
    return undefined;
  }
};
