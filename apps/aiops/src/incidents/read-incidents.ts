import * as z from "zod";
import type { Incident } from "./incident.ts";

const content = z.object({
  // Written by the controller's own code: it is enough that they are incidents.
  incidents: z.array(z.custom<Incident>((value) => typeof value === "object" && value !== null && "finding" in value)),
  attempts: z.array(z.object({ finding: z.string(), at: z.number() })),
});

/** What the file says that a controller keeps, incidents oldest first; nothing when it is no such file. */
export const keptIn = (file: string | undefined): z.infer<typeof content> => {
  try {
    return content.parse(JSON.parse(file ?? ""));
  } catch {
    return { incidents: [], attempts: [] };
  }
};
