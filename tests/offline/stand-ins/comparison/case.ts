import { objectAt } from "../../../../offline/stand-ins/properties.ts";
import type { Properties, Value } from "../../../../offline/stand-ins/properties.ts";
import type { Answer, PluginProcess } from "../plugin-process.ts";

/** What a question may need to know of where it is asked. */
export interface Surroundings {
  /** The address of a Docker daemon that answers, and builds nothing. */
  daemon: string;
}

/** One question to a plugin, and what both kinds of it say. */
export interface Case {
  title: string;
  ask: (plugin: PluginProcess, where: Surroundings) => Promise<unknown>;
  answer: unknown;
}

/** The state in an answer. */
export const stateIn = (answer: Answer): Properties => objectAt(answer, "state");

/** A text without its mark of a secret. */
export const plain = (value: Value | undefined): string => {
  const { value: inner = value } = (typeof value === "object" ? value : {}) as { value?: Value };
  return inner as string;
};

/** What was checked: the bridge to Terraform's providers writes down besides which inputs it has filled in. */
export const withoutDefaults = (answer: Answer): Properties => {
  const { __defaults: _filled, ...rest } = answer as Properties;
  return rest;
};

/** What an error says before it says why. */
export const beginningOf = (answer: Answer): string => (answer as { error: string }).error.split(/[:.] /)[0] ?? "";
