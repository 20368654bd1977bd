import { main } from "@pulumi/pulumi/provider/server.js";
import { ClusterResource } from "./cluster.ts";
import { Commands } from "./commands.ts";
import { connect } from "./engine.ts";
import { UserError } from "./errors.ts";
import { ImagePresenceResource } from "./image-presence.ts";
import { ReleasePresenceResource } from "./release-presence.ts";
import type { Resource } from "./resource.ts";
import { RolloutResource } from "./rollout.ts";

/** A resource as the engine sees it: inputs and states are JSON that only the resource itself understands. */
type AnyResource = Resource<object, object, object>;

/**
 * Serves the resources of this provider to the Pulumi engine.
 * @param args the engine's command line; its address is the last word.
 */
export async function serve(args: string[]): Promise<void> {
  const cancellation = new AbortController();
  const engine = connect(args.findLast((word) => !word.startsWith("-")) ?? "");
  const commands = new Commands(process.env, cancellation.signal);
  const resources: Record<string, AnyResource> = {
    "minikube:index:Cluster": new ClusterResource(commands, engine, process.env),
    "minikube:index:ImagePresence": new ImagePresenceResource(),
    "minikube:index:ReleasePresence": new ReleasePresenceResource(),
    "minikube:index:Rollout": new RolloutResource(commands, engine),
  };
  const of = (urn: string): AnyResource => {
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
      check: async (urn, olds: object, news: object) => ({ inputs: await of(urn).check(urn, olds, news) }),
      diff: async (_id, urn, olds: object, news: object) => ({
        ...(await of(urn).diff(urn, olds, news)),
        deleteBeforeReplace: true,
      }),
      create: async (urn, inputs: object) => {
        const { id, state } = await of(urn).create(urn, inputs);
        return { id, outs: state };
      },
      read: async (id, urn, state: object) => {
        const props = await of(urn).read(urn, state);
        return props === undefined ? {} : { id, props };
      },
      update: async (_id, urn, olds: object, news: object) => ({ outs: await of(urn).update(urn, olds, news) }),
      delete: async (_id, urn, state: object) => of(urn).delete(urn, state),
      cancel: () => {
        cancellation.abort();
        return Promise.resolve();
      },
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
