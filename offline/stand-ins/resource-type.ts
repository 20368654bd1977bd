import type { Changes } from "./diff.ts";
import type { Properties } from "./properties.ts";

/** What a plugin does for all of its resources. */
export interface Plugin {
  /** Short name of the package: `docker`. */
  name: string;
  /** Version of the official plugin that this one stands in for. */
  version: string;
  /** Whether the official plugin takes secrets as such; else the engine reveals them and marks outputs by name. */
  acceptSecrets: boolean;
  /** Resource types by token. */
  resources: Record<string, Resource>;
  /** Takes the settings of the provider resource, which are all known; objects come as JSON text. */
  configure: (settings: Record<string, string>) => Promise<void>;
  /** Compares the settings of the provider resource. */
  diffConfig: (olds: Properties, news: Properties) => Difference;
}

/** One resource type, with the operations of Pulumi's resource protocol. */
export interface Resource {
  check: (urn: string, olds: Properties, news: Properties) => Promise<Checked>;
  diff: (state: Properties, inputs: Properties) => Difference;
  create: (urn: string, inputs: Properties, preview: boolean, timeout: number) => Promise<Created>;
  /** @returns undefined when it is gone. */
  read: (urn: string, id: string, state: Properties, inputs: Properties) => Promise<Found | undefined>;
  update: (urn: string, state: Properties, inputs: Properties, preview: boolean) => Promise<Properties>;
  delete: (urn: string, id: string, state: Properties, timeout: number) => Promise<void>;
}

export interface Checked {
  inputs: Properties;
  failures?: { property: string; reason: string }[];
}

export interface Created {
  id: string;
  state: Properties;
}

export interface Found extends Created {
  inputs: Properties;
}

/** What a change of inputs means for a resource. */
export interface Difference {
  /** Property paths and how each changes; empty when nothing does. */
  changes: Changes;
  /** The paths among them that cannot be changed in place. */
  replaces?: string[];
  deleteBeforeReplace?: boolean;
}

/** A resource that exists but did not become ready: the state is kept, and the next `up` tries again. */
export class NotReady extends Error {
  readonly id: string;
  readonly state: Properties;
  constructor(message: string, id: string, state: Properties, options?: ErrorOptions) {
    super(message, options);
    this.name = "NotReady";
    this.id = id;
    this.state = state;
  }
}
