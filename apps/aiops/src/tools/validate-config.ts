import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import * as z from "zod";
import { driftOf, fieldNames } from "../diagnosis/comparison.ts";
import { display } from "../diagnosis/snapshot.ts";
import { tool } from "./tool.ts";

export const validateConfig = tool({
  name: "validate_config",
  title: "Check the configuration",
  description:
    "Checks the released values, or values of your own, against the chart's schema, and the running objects against what was released.",
  input: z.strictObject({
    values: z
      .record(z.string(), z.unknown())
      .optional()
      .describe("Values of the chart to check instead of those that are released. Nothing is applied."),
  }),
  kind: "read",
  run: async ({ values }, operations) => {
    const snapshot = await operations.snapshot();
    const released = snapshot.released;
    const checked = values ?? released?.values;
    return {
      values: checked === undefined ? "not known" : errorsIn(checked, operations.chart),
      objects:
        released === undefined
          ? "not known"
          : driftOf(snapshot).map(({ object, missing, fields }) => ({
              object: display(object),
              missing,
              fields: fieldNames(fields),
            })),
    };
  },
});

const errorsIn = (values: unknown, chart: string | undefined): string | object[] => {
  if (chart === undefined) return "not checked: the chart is not here";
  const schema = JSON.parse(readFileSync(join(chart, "values.schema.json"), "utf8")) as object;
  const ajv = new Ajv({ allErrors: true, strict: false });
  const validate = ajv.compile(schema);
  validate(values);
  return (validate.errors ?? []).map(({ instancePath, message, params }) => ({
    at: instancePath || "/",
    message,
    params,
  }));
};
