import { useEffect } from "react";
import type { Todo } from "@/client/todo";

interface Props {
  /** What was deleted last; nothing is shown without it. */
  readonly deleted: readonly Todo[] | undefined;
  readonly undo: (todos: readonly Todo[]) => void;
  readonly dismiss: () => void;
}

const shownMs = 20_000;

/** Offers to bring deleted todos back, for 20 seconds. */
export function Undo({ deleted, undo, dismiss }: Props) {
  useEffect(() => {
    if (deleted === undefined) return;
    const timer = setTimeout(dismiss, shownMs);
    return () => {
      clearTimeout(timer);
    };
  }, [deleted, dismiss]);

  return (
    <div role="status" className="pointer-events-none fixed inset-x-4 bottom-20 z-10 grid justify-items-center">
      {deleted !== undefined && (
        <div className="pointer-events-auto flex max-w-full items-center gap-2 rounded-xl bg-ink py-1.5 pr-1.5 pl-4 text-sm text-page shadow-lg">
          <span className="truncate">Deleted {named(deleted)}</span>
          <button
            type="button"
            className="min-h-9 rounded-lg px-3 font-semibold underline underline-offset-4"
            onClick={() => {
              undo(deleted);
            }}
          >
            Undo
          </button>
        </div>
      )}
    </div>
  );
}

function named(todos: readonly Todo[]): string {
  return todos.length === 1 ? `“${todos[0]?.title ?? ""}”` : `${todos.length} todos`;
}
