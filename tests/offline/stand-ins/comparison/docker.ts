import { unknown } from "../../../../provider/engine/marks.ts";
import { objectAt, secret } from "../../../../offline/stand-ins/properties.ts";
import type { Properties } from "../../../../offline/stand-ins/properties.ts";
import { stateIn, withoutDefaults } from "./case.ts";
import type { Case } from "./case.ts";

const image = "docker:index/image:Image";
const remoteImage = "docker:index/remoteImage:RemoteImage";

const wanted: Properties = {
  imageName: "todo:1",
  skipPush: true,
  build: { context: "app", dockerfile: "app/Dockerfile", platform: "linux/amd64", args: { A: "1" } },
};
const checked: Properties = {
  ...wanted,
  build: {
    ...objectAt(wanted, "build"),
    contextDigest: "5aabf5abf7bb530e1109bd5512033f7a4bf6ea0c2a4e46169213462768e32830",
  },
  buildOnPreview: false,
};
const built: Properties = { imageName: "todo:1", repoDigest: "sha256:1", __inputs: secret(checked) };

/** What a plugin for Docker is asked. */
export const docker = (): Case[] => [
  {
    title: "is configured",
    ask: (plugin, { daemon }) => plugin.configure({ host: daemon }),
    answer: { acceptsSecrets: false, previews: true },
  },
  {
    title: "is not configured for a daemon that is away",
    ask: (plugin) => plugin.configure({ host: "tcp://127.0.0.1:1" }),
    answer: {
      error:
        "docker native provider returned an unexpected error from Configure: failed to connect to any docker daemon",
    },
  },
  { title: "checks an image", ask: (plugin) => plugin.check(image, wanted), answer: checked },
  {
    title: "checks an image of a context that is not known yet",
    ask: (plugin) =>
      plugin.check(image, { ...wanted, build: { context: unknown, dockerfile: unknown, platform: "linux/amd64" } }),
    answer: {
      ...wanted,
      build: { context: unknown, dockerfile: unknown, platform: "linux/amd64" },
      buildOnPreview: false,
    },
  },
  {
    title: "checks an image with an argument that is not known yet",
    ask: async (plugin) => {
      const build = { ...objectAt(wanted, "build"), args: { A: unknown } };
      return objectAt(await plugin.check(image, { ...wanted, build }), "build")["args"];
    },
    answer: { A: unknown },
  },
  {
    title: "says where a Dockerfile probably is",
    ask: (plugin) => plugin.check(image, { ...wanted, build: { context: "app", dockerfile: "Dockerfile" } }),
    answer: {
      error: 'could not open dockerfile at relative path "Dockerfile". Try setting `dockerfile` to "app/Dockerfile"',
    },
  },
  {
    title: "finds no change",
    ask: (plugin) => plugin.diff(image, built, checked),
    answer: { changes: false, replaces: [] },
  },
  {
    title: "finds another file in the context, and replaces nothing",
    ask: (plugin) =>
      plugin.diff(image, built, { ...checked, build: { ...objectAt(checked, "build"), contextDigest: "x" } }),
    answer: { changes: true, replaces: [] },
  },
  {
    title: "finds an argument that is not known yet",
    ask: (plugin) =>
      plugin.diff(image, built, { ...checked, build: { ...objectAt(checked, "build"), args: { A: unknown } } }),
    answer: { changes: true, replaces: [] },
  },
  {
    title: "shows a new image in a preview",
    ask: async (plugin) => stateIn(await plugin.create(image, checked, true)),
    answer: checked,
  },
  {
    title: "shows a changed image in a preview",
    ask: (plugin) => plugin.update(image, built, checked, true),
    answer: checked,
  },
  {
    title: "reads what is in the state, and asks nobody",
    ask: (plugin) => plugin.read(image, "todo:1", built, checked),
    answer: { id: "todo:1", state: built, inputs: checked },
  },
  { title: "leaves a deleted image where it is", ask: (plugin) => plugin.delete(image, "todo:1", built), answer: {} },
  {
    title: "checks an image of a registry",
    ask: (plugin) => plugin.check(remoteImage, { name: "a:1", keepLocally: true }).then(withoutDefaults),
    answer: { name: "a:1", keepLocally: true },
  },
  {
    title: "does not know the ID of an image of a registry in a preview",
    ask: async (plugin) => {
      const state = stateIn(await plugin.create(remoteImage, { name: "a:1", keepLocally: true }, true));
      return [state["name"], state["imageId"], state["repoDigest"]];
    },
    answer: ["a:1", unknown, unknown],
  },
  {
    title: "finds no change of an image of a registry, and replaces it by one of another name",
    ask: async (plugin) => {
      const inputs = { name: "a:1", keepLocally: true };
      const state = { ...inputs, imageId: "sha256:1", repoDigest: "" };
      return [
        await plugin.diff(remoteImage, state, inputs, inputs),
        await plugin.diff(remoteImage, state, { ...inputs, name: "b:1" }, inputs),
      ];
    },
    answer: [
      { changes: false, replaces: [] },
      { changes: true, replaces: ["name"] },
    ],
  },
  { title: "is cancelled", ask: (plugin) => plugin.cancel(), answer: {} },
];
