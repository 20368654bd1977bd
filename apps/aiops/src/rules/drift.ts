import { driftOf, fieldNames } from "../diagnosis/comparison.ts";
import { finding } from "../diagnosis/finding.ts";
import type { Finding } from "../diagnosis/finding.ts";
import { display } from "../diagnosis/snapshot.ts";
import type { Snapshot } from "../diagnosis/snapshot.ts";
import { isRolledBack } from "../remedies/roll-back.ts";

/**
 * An object that is not as it was released. One that this server has rolled back is as it should be, until the next
 * release.
 */
export const drift = (snapshot: Snapshot): Finding[] =>
  driftOf(snapshot)
    .filter(({ object, released }) => !isRolledBack(snapshot, object, released))
    .map(({ object, missing, fields }) => {
      const names = fieldNames(fields);
      const how = missing ? "was released and is not there" : `is not as released: ${names.slice(0, 5).join(", ")}`;
      return finding("drift", object, `${display(object)} ${how}.`, { missing, fields: names });
    });
