import { servePlugin } from "./provider.ts";
import { randomBytesResource } from "./random-bytes.ts";
import { compare } from "./diff.ts";
import { versionOf } from "./versions.ts";

await servePlugin(() => ({
  name: "random",
  version: versionOf("@pulumi/random"),
  acceptSecrets: true,
  resources: { "random:index/randomBytes:RandomBytes": randomBytesResource },
  configure: () => Promise.resolve(),
  diffConfig: (olds, news) => ({ changes: compare(olds, news, olds) }),
}));
