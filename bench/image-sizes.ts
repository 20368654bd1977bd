// Compares the images of the running stack `dev` with builds of one stage: node bench/image-sizes.ts
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkout } from "../machine/paths.ts";
import { NodeDaemon } from "../tests/helpers/cluster/node-daemon.ts";
import { WorkingCopy } from "../tests/helpers/working-copy.ts";

/** What one would write without stages and caches. */
const oneStage = {
  backend: ["FROM python:3.13.9-slim-trixie", "RUN pip install uv==0.13.8", "WORKDIR /app", "COPY . .", "RUN uv sync"],
  frontend: ["FROM node:24.21.0-alpine", "WORKDIR /app", "COPY . .", "RUN npm ci && npm run build"],
};

const daemon = await NodeDaemon.of(WorkingCopy.at(process.argv[2] ?? checkout, "dev"));
const folder = await mkdtemp(join(tmpdir(), "todo-stack-sizes-"));
const size = async (image: string): Promise<number> =>
  Math.round((await daemon.inspect<{ Size: number }>(image)).Size / 1e6);
try {
  for (const [name, lines] of Object.entries(oneStage) as [keyof typeof oneStage, string[]][]) {
    const dockerfile = join(folder, `${name}.Dockerfile`);
    const image = `todo-${name}:one-stage`;
    await writeFile(dockerfile, `${lines.join("\n")}\n`);
    await daemon.build("--no-cache", "--file", dockerfile, "--tag", image, join(checkout, "apps", name));
    const [own, other] = [await size(daemon.images[name]), await size(image)];
    console.log(`${name}: ${own} MB, with one stage ${other} MB, ${Math.round(100 * (1 - own / other))} % less`);
    await daemon.docker("rmi", image);
  }
} finally {
  await rm(folder, { recursive: true });
}
