import assert from "node:assert/strict";
import { execa } from "execa";
import { CHART, REQUIRED, refusal } from "./render.ts";

const [BACKEND_TAG, FRONTEND_TAG, SECRET] = REQUIRED as [string, string, string];

describe("chart: refused values", () => {
  const incomplete: [what: string, required: string[], message: RegExp][] = [
    ["no backend tag", [FRONTEND_TAG, SECRET], /backend\.image\.tag is empty\. Set it to the tag of a built image/],
    ["no frontend tag", [BACKEND_TAG, SECRET], /frontend\.image\.tag is empty\. Set it to the tag of a built image/],
    [
      "no Secret",
      [BACKEND_TAG, FRONTEND_TAG],
      /secrets\.existingSecret is empty\. Set it to the name of a Secret with/,
    ],
  ];
  for (const [what, required, message] of incomplete) {
    it(`${what}`, async () => {
      assert.match(await refusal({ required }), message);
    });
  }

  const wrong: [setting: string, message: RegExp][] = [
    ["backend.image.tag=latest", /backend\.image\.tag is "latest", which moves without restarting pods/],
    ["frontend.image.tag=latest", /frontend\.image\.tag is "latest"/],
    ["postgres.image.tag=latest", /postgres\.image\.tag is "latest"/],
    ["backend.replicas=0", /backend.*replicas|replicas.*minimum/s],
    ["backend.replicas=two", /backend.*replicas.*integer/s],
    ["backend.replica=2", /backend.*[Aa]dditional propert.*replica/s],
    ["bakcend.replicas=2", /[Aa]dditional propert.*bakcend/s],
    ["frontend.service.nodePort=80", /frontend.*nodePort/s],
    ["frontend.service.type=HostPort", /frontend.*type/s],
    ["backend.config.logLevel=LOUD", /backend.*logLevel/s],
    ["backend.config.corsOrigins={*}", /backend.*corsOrigins/s],
    ["backend.config.apiVersion=1.0", /backend.*apiVersion/s],
    ["backend.resources.limits.memory=512 MB", /backend.*resources.*limits.*memory/s],
    ["postgres.storage.size=big", /postgres.*storage.*size/s],
    ["global.imagePullPolicy=Sometimes", /global.*imagePullPolicy/s],
    ["secrets.JWT_SECRET=x", /secrets.*[Aa]dditional propert.*JWT_SECRET/s],
  ];
  for (const [setting, message] of wrong) {
    it(`${setting}`, async () => {
      const said = await refusal({ set: [setting] });
      assert.match(said, message);
      assert.ok(said.split("\n").length < 12, `the message fills more than a screen:\n${said}`);
    });
  }

  it("H1 helm lint finds nothing, even as strict", async () => {
    const settings = REQUIRED.map((setting) => `--set=${setting}`);
    for (const overlay of ["values.yaml", "values-dev.yaml"]) {
      await execa("helm", ["lint", "--strict", CHART, "--kube-version=1.34.4", `--values=${CHART}${overlay}`, ...settings]); // prettier-ignore
    }
  });
});
