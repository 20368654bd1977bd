import { main } from "@pulumi/pulumi/provider/server.js";
import { ClusterResource } from "./cluster.ts";
import { Commands } from "./commands.ts";
import { connect } from "./engine.ts";
import { UserError } from "./errors.ts";
import { ImagePresenceResource } from "./image-presence.ts";
import type { Resource } from "./resource.ts";

// Inputs and states travel as JSON; each resource knows its own.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Properties = any;

/**
 * Serves the resources of this provider to the Pulumi engine.
 * @param args the engine's command line; its address is the last word.
 */
export async function serve(args: string[]): Promise<void> {
  const cancellation = new AbortController();
  const engine = connect(args.findLast((word) => !word.startsWith("-")) ?? "");
  const commands = new Commands(process.env, cancellation.signal);
  const resources: Record<string, Resource<Properties, Properties, Properties>> = {
    "minikube:index:Cluster": new ClusterResource(commands, engine, process.env),
    "minikube:index:ImagePresence": new ImagePresenceResource(),
  };
  const of = (urn: string): Resource<Properties, Properties, Properties> => {
    const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
    const resource = resources[type];
    if (resource === undefined) throw new Error(`This provider has no resource ${type}.`);
    return resource;
  };

  showUserErrorsOnce();
  endWithTheEngine(cancellation);
  await main(
    {
      version: "1.0.0",
      check: async (urn, olds, news) => ({ inputs: await of(urn).check(urn, olds, news) }),
      diff: async (_id, urn, olds, news) => ({ ...(await of(urn).diff(urn, olds, news)), deleteBeforeReplace: true }),
      create: async (urn, inputs) => {
        const { id, state } = await of(urn).create(urn, inputs);
        return { id, outs: state };
      },
      read: async (id, urn, state) => {
        const props = await of(urn).read(urn, state);
        return props === undefined ? {} : { id, props };
      },
      update: async (_id, urn, olds, news) => ({ outs: await of(urn).update(urn, olds, news) }),
      delete: async (_id, urn, state) => of(urn).delete(urn, state),
      cancel: () => Promise.resolve(cancellation.abort()),
    },
    args,
  );
}

/** The SDK prints an error with its stack before it reports it; for a UserError the report is enough. */
function showUserErrorsOnce(): void {
  const print = console.error;
  console.error = (...words: unknown[]) => {
    if (!String(words[0]).startsWith(UserError.name)) print(...words);
  };
}

/** An engine that was killed cannot cancel, but it lets go of our standard input. */
function endWithTheEngine(cancellation: AbortController): void {
  process.stdin.resume();
  process.stdin.on("close", () => {
    cancellation.abort();
    process.exitCode = 1;
    setTimeout(() => process.exit(), 1_000);
  });
}
