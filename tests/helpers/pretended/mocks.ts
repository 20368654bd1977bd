import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import type { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";
import { getMonitor } from "@pulumi/pulumi/runtime/settings.js";

/** A resource as the program registered it. */
export interface Registration {
  type: string;
  name: string;
  /** A secret is an object with a key `value` and a mark, see {@link isSecret}. */
  inputs: Record<string, unknown>;
  /** Name of the parent; undefined for a resource at the top. */
  parent: string | undefined;
  /** Name of the provider resource; undefined when the default provider is used. */
  provider: string | undefined;
  deletedWith: string | undefined;
  replacementTrigger: unknown;
  deleteBeforeReplace: boolean;
  retainOnDelete: boolean;
  /** Names of the resources that must be there before, by inputs or by `dependsOn`. */
  dependencies: string[];
  /** The same, by input. */
  dependenciesOf: Record<string, string[]>;
}

/** Stands in for the Pulumi engine and keeps what the program registers. Unlike the engine, it knows no unknowns. */
export class MockEngine {
  readonly registrations: Registration[] = [];

  /**
   * Starts over with an empty stack `test` of this project.
   * @param outputs gives what a provider would add to the inputs of a resource of a type.
   */
  static async start(outputs: Record<string, object> = {}): Promise<MockEngine> {
    const engine = new MockEngine();
    const mocks: pulumi.runtime.Mocks = {
      newResource: ({ type, name, inputs }) => ({ id: `${name}-id`, state: { ...inputs, ...outputs[type] } }),
      call: ({ token }) => {
        throw new Error(`the program calls ${token}, which this test does not expect`);
      },
    };
    await pulumi.runtime.setMocks(mocks, "todo-stack", "test");
    // The mocks are told the inputs alone; the options of a resource stand in the request.
    const monitor = getMonitor() as unknown as MockMonitor;
    const register = monitor.registerResource.bind(monitor);
    monitor.registerResource = async (request: RegisterResourceRequest, done) => {
      engine.registrations.push(registrationOf(request));
      await register(request, done);
    };
    return engine;
  }

  /** Waits until everything is registered. */
  async settle(): Promise<void> {
    let seen = -1;
    while (seen < this.registrations.length) {
      seen = this.registrations.length;
      // Nothing here waits for more than other promises, so what follows comes within a few turns of the event loop.
      for (let turn = 0; turn < 100; turn += 1) await setImmediate();
    }
  }

  /** The only resource of a type, or the one of that name. */
  one(type: string, name?: string): Registration {
    const found = this.registrations.filter((each) => each.type === type && (name === undefined || each.name === name));
    const [first] = found;
    assert.ok(first !== undefined && found.length === 1, `${found.length} resources ${type} ${name ?? ""}, not one`);
    return first;
  }
}

/** Whether an input travels as a secret. */
export function isSecret(input: unknown): boolean {
  const mark = "4dabf18193072939515e22adb298388d";
  return typeof input === "object" && input !== null && mark in input;
}

/** What an output holds. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}

function registrationOf(request: RegisterResourceRequest): Registration {
  const dependenciesOf: Record<string, string[]> = {};
  request.getPropertydependenciesMap().forEach((dependencies, input) => {
    dependenciesOf[input] = dependencies.getUrnsList().map(nameOf);
  });
  return {
    type: request.getType(),
    name: request.getName(),
    inputs: request.getObject()?.toJavaScript() ?? {},
    parent: request.getParent() ? nameOf(request.getParent()) : undefined,
    // "urn::id"
    provider: request.getProvider() ? nameOf(request.getProvider().split("::").slice(0, -1).join("::")) : undefined,
    deletedWith: request.getDeletedwith() ? nameOf(request.getDeletedwith()) : undefined,
    replacementTrigger: request.getReplacementTrigger()?.toJavaScript(),
    deleteBeforeReplace: request.getDeletebeforereplace(),
    retainOnDelete: request.getRetainondelete() ?? false,
    dependencies: request.getDependenciesList().map(nameOf),
    dependenciesOf,
  };
}

function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? "";
}
