import process from "node:process";
import { format, stripVTControlCharacters } from "node:util";

const levels = /** @type {const} */ ({ debug: "debug", log: "info", info: "info", warn: "warn", error: "error" });

/** Makes every console call one JSON line on standard output, so that the framework logs as the application does. */
export function logAsJson() {
  for (const [method, level] of Object.entries(levels)) {
    console[/** @type {keyof typeof levels} */ (method)] = (/** @type {unknown[]} */ ...values) => {
      const message = stripVTControlCharacters(format(...values)).trim();
      if (message === "") return;
      process.stdout.write(`${JSON.stringify({ timestamp: new Date().toISOString(), level, message })}\n`);
    };
  }
}
