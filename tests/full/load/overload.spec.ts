import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { stack } from "../../stack/support/stack.ts";
import { crowd, leave, newAccount, send, type Account, type Goodput, type Wish } from "./crowd.ts";
import { patch, rolledOut } from "./deployments.ts";

/** So many people at once, without a pause, are served without a refusal: the load that holds. */
const holds = 50;
/** How much of the peak must be left under any load. */
const least = 0.8;

const components = ["backend", "frontend", "postgres"];

/** `up` makes one pod of each, with the limits of the chart. */
describe("more load than the stack can bear", function () {
  this.timeout("6m");
  let account: Account;
  let peak: number;

  before(async () => {
    account = await newAccount();
    // Both servers compile what is used often: the first seconds are slower than all others.
    await crowdFor(6, holds, "list", account);
    const { perSecond, refused } = await crowdFor(8, holds, "list", account);
    assert.deepEqual(refused, {}, `${holds} people at once must be served without a refusal`);
    peak = perSecond;
  });

  after(() => leave(account));

  for (const [times, seconds] of [
    [2, 10],
    [8, 35],
  ] as const) {
    it(`at ${times} times the load that holds no pod restarts or becomes unready, and four fifths of the peak are served`, async () => {
      const pods = await watchPods();
      const { perSecond, refused } = await crowdFor(seconds, times * holds, "list", account);
      assert.deepEqual(await pods.end(), [], "load alone must not take a pod out of service");
      const share = perSecond / peak;
      console.log(`      ${Math.round(perSecond)} requests a second, ${Math.round(100 * share)} % of the peak`);
      assert.ok(share >= least, `only ${share.toFixed(2)} of the peak is served; refused: ${JSON.stringify(refused)}`);
      assert.deepEqual(Object.keys(refused), ["503"], "what is too much must be told to come back, and nothing else");
      const afterwards = await send("GET", "/api/backend/todos", account);
      assert.equal(afterwards.status, 200, "once the crowd has left, the stack must serve as before");
    });
  }

  it("as many who open the page take no pod out of service", async () => {
    const pods = await watchPods();
    const { perSecond, refused } = await crowdFor(35, 8 * holds, "page", account);
    assert.deepEqual(await pods.end(), [], "load alone must not take a pod out of service");
    assert.ok(perSecond > 0, "some must get the page");
    assert.deepEqual(Object.keys(refused), ["503"], "what is too much must be told to come back, and nothing else");
  });

  it("somebody signs in while many sign up at once", async () => {
    const pods = await watchPods();
    const flood = signUps(40);
    const statuses: number[] = [];
    do {
      const { email, password } = account;
      statuses.push((await send("POST", "/api/session", { body: { email, password } })).status);
    } while (!flood.isOver() || statuses.length < 3);
    const made = await flood.made;
    assert.deepEqual(new Set(statuses), new Set([204]), "every sign-in must succeed");
    assert.ok(made.length > 0, "some of the sign-ups must succeed, else there was no flood");
    assert.deepEqual(await pods.end(), [], "sign-ups must not take a pod out of service");
    for (const other of made) await leave(other);
  });

  it("without the bounds as many who open the page take the frontend out of service, so it is they that keep it", async () => {
    const container = "/spec/template/spec/containers/0";
    const command = `${container}/command`;
    const portOfProbes = (value: string) =>
      ["startupProbe", "livenessProbe", "readinessProbe"].map((probe) => {
        return { op: "replace", path: `${container}/${probe}/httpGet/port`, value };
      });
    // What `next build` has made, without what start.mjs puts around it: probes have no port of their own there.
    await patch("frontend", [{ op: "add", path: command, value: ["node", "server.js"] }, ...portOfProbes("http")]);
    try {
      await rolledOut("frontend");
      const pods = await watchPods();
      const deadline = Date.now() + 120_000;
      await crowd(8 * holds, "page", account, () => pods.faults.length > 0 || Date.now() > deadline);
      const faults = await pods.end();
      assert.ok(
        faults.some((fault) => fault.startsWith("frontend")),
        `the load must be able to take a frontend without bounds out of service: ${faults.join()}`,
      );
    } finally {
      await patch("frontend", [{ op: "remove", path: command }, ...portOfProbes("probes")]);
      await rolledOut("frontend");
    }
  });
});

async function crowdFor(seconds: number, people: number, wish: Wish, account: Account): Promise<Goodput> {
  const end = Date.now() + seconds * 1000;
  return await crowd(people, wish, account, () => Date.now() > end);
}

/** So many people who sign up at once. Who is told to come back later does. Gives the accounts when all have theirs. */
function signUps(people: number): { isOver: () => boolean; made: Promise<Account[]> } {
  let isOver = false;
  const signUp = async (): Promise<Account> => {
    const body = { email: `${randomUUID()}@example.com`, password: randomUUID() };
    for (;;) {
      const { status, cookie, retryAfter } = await send("POST", "/api/account", { body });
      if (status === 204) return { ...body, cookie };
      assert.equal(status, 503, "a sign-up that is too much must be told to come back");
      await sleep(1000 * Number(retryAfter));
    }
  };
  const made = Promise.all(Array.from({ length: people }, signUp)).finally(() => {
    isOver = true;
  });
  return { isOver: () => isOver, made };
}

/** Notes every pod that restarts, becomes unready, or is replaced, until it is told to end. */
async function watchPods(): Promise<{ faults: readonly string[]; end: () => Promise<readonly string[]> }> {
  const faults: string[] = [];
  const before = await restarts();
  const over = new AbortController();
  const look = async (): Promise<void> => {
    const now = await restarts();
    for (const [pod, { ready, count }] of now) {
      const known = before.get(pod)?.count;
      if (known === undefined) faults.push(`${pod} is new`);
      else if (count > known) faults.push(`${pod} was restarted`);
      else if (!ready) faults.push(`${pod} is not ready`);
    }
  };
  const watching = (async () => {
    while (!over.signal.aborted) {
      await look();
      await sleep(500);
    }
  })();
  return {
    faults,
    end: async () => {
      over.abort();
      await watching;
      await look();
      return [...new Set(faults)];
    },
  };
}

/** Of each pod, as COMPONENT/NAME: whether it is ready, and how often its containers were restarted. */
async function restarts(): Promise<Map<string, { ready: boolean; count: number }>> {
  const pods = new Map<string, { ready: boolean; count: number }>();
  for (const component of components) {
    for (const { metadata, status } of await stack.cluster.pods(component)) {
      const containers = status?.containerStatuses ?? [];
      pods.set(`${component}/${metadata?.name}`, {
        ready: containers.every(({ ready }) => ready),
        count: containers.reduce((sum, { restartCount }) => sum + restartCount, 0),
      });
    }
  }
  return pods;
}
