import { Undo2 } from "lucide-react";
import { useEffect, useState } from "react";
import type { Done } from "@/client/changes/undo";
import { isTyped } from "@/components/keyboard/key";
import { useKeys } from "@/components/keyboard/use-keys";

interface Props {
  /** What was done last; nothing is shown without it. */
  readonly last: Done | undefined;
  readonly undo: () => void;
}

const saidMs = 20_000;

/** Takes back what was done last, by a button or Ctrl-Z. For 20 seconds it says what that was. */
export function Undo({ last, undo }: Props) {
  const [old, setOld] = useState<Done>();
  useKeys((event) => {
    // Fields of text take back what was typed in them by themselves.
    if (last === undefined || !isUndoKey(event) || isTyped(event.target)) return false;
    undo();
    return true;
  });

  useEffect(() => {
    const timer = setTimeout(setOld, saidMs, last);
    return () => {
      clearTimeout(timer);
    };
  }, [last]);

  const said = last === undefined || last === old ? "" : last.said;
  return (
    <div role="status" className="pointer-events-none fixed inset-x-4 bottom-20 z-10 grid justify-items-center">
      {last !== undefined && (
        <div className="pointer-events-auto flex max-w-full items-center gap-2 rounded-xl bg-ink p-1.5 text-sm text-page shadow-lg">
          {said !== "" && <span className="truncate ps-2.5">{said}</span>}
          <button
            type="button"
            title="Ctrl-Z"
            className="inline-flex min-h-9 items-center gap-1.5 rounded-lg px-2.5 font-semibold"
            onClick={undo}
          >
            <Undo2 aria-hidden className="size-4" />
            Undo
          </button>
        </div>
      )}
    </div>
  );
}

function isUndoKey({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent): boolean {
  return key.toLowerCase() === "z" && (ctrlKey || metaKey) && !shiftKey && !altKey;
}
