import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BareCluster } from "./bare-cluster.ts";
import { arrival, backendEdit, chartEdit, dependencyEdit, frontendEdit } from "./edits.ts";
import type { Edit } from "./edits.ts";
import { OpenPage } from "./open-page.ts";
import type { OwnStack } from "./own-stack.ts";
import type { Row, Scenario, Step } from "./scenario.ts";
import type { SkaffoldStack } from "./skaffold.ts";

/** Who is measured. Each is made when it is needed first. */
export interface Contenders {
  own: () => Promise<OwnStack>;
  skaffold: () => Promise<SkaffoldStack>;
  bare: () => Promise<BareCluster>;
}

type Make = (contenders: Contenders) => Scenario;

/** Every scenario, by the name by which it is chosen, in the order in which they run. */
export const scenarios: Record<string, Make> = {
  cold: ({ own, bare }) => ({
    steps: [
      timed("cold start", "minikube start, two builds", async () => (await bare()).start(), { isReference: true }),
      { run: async () => (await bare()).delete() },
      timed("cold start", "pulumi up", async () => (await own()).up(), { aim: 1.15 }),
      timed("destroy", "pulumi destroy", async () => (await own()).destroy()),
    ],
  }),

  stopped: ({ own }) => ({
    prepare: async () => (await own()).ready(),
    steps: [
      { run: async () => (await own()).stop() },
      timed("stopped cluster", "pulumi up", async () => (await own()).up()),
    ],
  }),

  unchanged: ({ own, skaffold }) => ({
    prepare: async () => {
      await (await own()).ready();
      await (await skaffold()).run();
    },
    steps: [
      timed("unchanged", "skaffold run", async () => (await skaffold()).run(), { isReference: true }),
      timed("unchanged", "pulumi up", async () => (await own()).up(), { aim: 0.6 }),
      timed("unchanged", "pulumi preview", async () => (await own()).preview(), { aim: 0.7 }),
    ],
  }),

  backend: editing("backend edit", backendEdit, 0.9),
  frontend: editing("frontend edit", frontendEdit, 0.95),
  chart: editing("chart edit", chartEdit, 0.8),
  dependency: editing("dependency change", dependencyEdit),

  dev: ({ own, skaffold }) => {
    const open: { stop: () => Promise<void> }[] = [];
    const sync = async (contender: OwnStack | SkaffoldStack): Promise<void> => {
      const mark = contender.nextMark();
      await backendEdit.make(contender.folder, mark);
      await arrival(contender.where, backendEdit, mark);
    };
    return {
      prepare: async () => {
        await (await own()).ready();
        for (const contender of [await skaffold(), await own()]) {
          open.push(await contender.dev());
          // What the first has to do more is not of the loop.
          await sync(contender);
        }
      },
      steps: [
        timed("dev sync", "skaffold dev", async () => sync(await skaffold()), { isReference: true }),
        timed("dev sync", "npm run dev", async () => sync(await own()), { aim: 0.5 }),
      ],
      finish: async () => {
        for (const watcher of open) await watcher.stop();
      },
    };
  },

  component: ({ own }) => {
    const open: { stop: () => Promise<void> }[] = [];
    let page: OpenPage | undefined;
    const edit = async (): Promise<void> => {
      const stack = await own();
      await page?.edit(stack.folder, stack.nextMark());
    };
    return {
      prepare: async () => {
        open.push(await (await own()).dev());
        page = await OpenPage.at(await (await own()).url());
        open.push(page);
        await edit();
      },
      steps: [timed("component edit", "npm run dev, until the browser shows it", edit)],
      finish: async () => {
        for (const each of open.toReversed()) await each.stop();
      },
    };
  },

  ignored: ({ own }) => {
    const folder = async (): Promise<string> => join((await own()).folder, "apps", "backend", ".venv");
    const aside = async (): Promise<string> => `${(await own()).folder}.aside`;
    return {
      prepare: async () => {
        await (await own()).ready();
        await fill(await aside(), 50_000);
      },
      steps: [
        timed("ignored files", "none", async () => (await own()).up(), { isReference: true }),
        { run: async () => rename(await aside(), await folder()) },
        timed("ignored files", "50,000", async () => (await own()).up(), { aim: 1.1 }),
        { run: async () => rename(await folder(), await aside()) },
      ],
      finish: async () => rm(await aside(), { recursive: true, force: true }),
    };
  },

  context: growing("files in the context", [10, 1_000, 50_000], { 1_000: 1.1 }, async (own, count) => {
    const folder = join(own.folder, "apps", "backend", "src", "files");
    await rm(folder, { recursive: true, force: true });
    if (count > 0) await fill(folder, count);
  }),

  revisions: growing("earlier revisions", [1, 10, 50], {}, async (own, count) => {
    await own.forgetRevisions();
    await own.addRevisions(count);
  }),

  objects: growing("objects in the chart", [1, 10, 100], {}, async (own, count) => {
    const file = join(own.folder, "charts", "todo", "templates", "bench.yaml");
    if (count > 0) await writeFile(file, configMaps(count));
    else await rm(file, { force: true });
  }),

  // The last one: afterwards the pods have labels of Skaffold's by which the next run would replace them.
  defaults: ({ own, skaffold }) => ({
    prepare: async () => {
      await (await own()).ready();
      await (await skaffold()).runByDefault();
    },
    steps: [
      timed("unchanged, default", "skaffold run", async () => (await skaffold()).runByDefault(), {
        isReference: true,
      }),
      timed("unchanged, default", "pulumi up", async () => (await own()).up()),
    ],
  }),
};

/** The same edit by `pulumi up` and by `skaffold run`, each in its own sources. */
function editing(what: string, edit: Edit, aim?: number): Make {
  return ({ own, skaffold }) => ({
    prepare: async () => {
      await (await own()).ready();
      await skaffold();
    },
    steps: [
      timed(what, "skaffold run", async () => (await skaffold()).edit(edit), { isReference: true }),
      timed(what, "pulumi up", async () => (await own()).edit(edit), aim === undefined ? {} : { aim }),
    ],
  });
}

/**
 * An unchanged `up` with more and more of something; the first size is what the others are compared with.
 * @param aims the ratio to that at most, by size.
 */
function growing(
  what: string,
  sizes: number[],
  aims: Record<number, number>,
  grow: (own: OwnStack, count: number) => Promise<void>,
): Make {
  return ({ own }) => {
    const change = async (count: number): Promise<void> => {
      const stack = await own();
      await grow(stack, count);
      await stack.up();
    };
    return {
      prepare: async () => (await own()).ready(),
      steps: sizes.flatMap((count, index) => [
        { run: () => change(count) },
        timed(what, count.toLocaleString("en"), async () => (await own()).up(), {
          isReference: index === 0,
          ...(aims[count] === undefined ? {} : { aim: aims[count] }),
        }),
      ]),
      finish: () => change(0),
    };
  };
}

function timed(what: string, by: string, run: () => Promise<void>, more: Partial<Row> = {}): Step {
  return { row: { what, by, ...more }, run };
}

async function fill(folder: string, count: number): Promise<void> {
  for (let number = 0; number < count; number += 1) {
    const part = join(folder, `part-${Math.floor(number / 1_000)}`);
    if (number % 1_000 === 0) await mkdir(part, { recursive: true });
    await writeFile(join(part, `${number}.txt`), `${number}\n`);
  }
}

const configMaps = (count: number): string => `{{- range $number := until ${count} }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: bench-{{ $number }}
data:
  number: {{ $number | quote }}
{{- end }}
`;
