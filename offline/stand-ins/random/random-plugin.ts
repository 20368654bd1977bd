import { servePlugin } from "../plugin.ts";
import { compare } from "../diff.ts";
import { randomPasswordResource } from "./random-password.ts";
import { versionOf } from "../plugin-versions.ts";

await servePlugin(() => ({
  name: "random",
  version: versionOf("@pulumi/random"),
  acceptSecrets: false,
  resources: {
    "random:index/randomPassword:RandomPassword": randomPasswordResource,
  },
  configure: () => Promise.resolve(),
  diffConfig: (olds, news) => ({ changes: compare(olds, news, olds) }),
}));
