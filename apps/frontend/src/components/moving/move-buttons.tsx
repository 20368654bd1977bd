import { ArrowDown, ArrowDownToLine, ArrowUp, ArrowUpToLine } from "lucide-react";
import type { Todo } from "@/client/todos/todo";
import type { Mover, Way } from "./use-reorder";

const ways = [
  ["top", "To the top", ArrowUpToLine],
  ["up", "Up", ArrowUp],
  ["down", "Down", ArrowDown],
  ["bottom", "To the bottom", ArrowDownToLine],
] as const satisfies readonly (readonly [Way, string, unknown])[];

/** Buttons that move a todo, for whoever can neither drag nor use a keyboard. */
export function MoveButtons({ todo, mover }: { readonly todo: Todo; readonly mover: Mover }) {
  return (
    <div role="group" aria-label={`Move ${todo.title}`} className="flex flex-wrap gap-2 pb-3 ps-4 text-sm">
      {ways.map(([way, name, Icon]) => (
        <button
          key={way}
          id={`move-${todo.id}-${way}`}
          type="button"
          className="inline-flex min-h-9 items-center gap-1.5 rounded-lg border border-field px-2.5 hover:bg-tint"
          onClick={() => {
            mover.move(todo, way);
          }}
        >
          <Icon aria-hidden className="size-3.5" />
          {name}
        </button>
      ))}
    </div>
  );
}
