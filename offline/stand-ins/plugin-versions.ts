import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** The version of an npm package of this project: its plugin has the same one. */
export const versionOf = (name: string): string => (require(`${name}/package.json`) as { version: string }).version;
