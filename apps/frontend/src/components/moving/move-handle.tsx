import { GripVertical } from "lucide-react";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import type { Todo } from "@/client/todos/todo";
import type { Edge } from "./drag-row";
import type { Mover } from "./use-reorder";

interface Props {
  readonly todo: Todo;
  readonly mover: Mover;
  readonly expanded: boolean;
  readonly toggle: () => void;
}

/** Moves a todo by dragging or by the up and down arrow keys; a click shows buttons that do the same. */
export function MoveHandle({ todo, mover, expanded, toggle }: Props) {
  const handle = useRef<HTMLButtonElement>(null);
  const [edge, setEdge] = useState<Edge | null>(null);
  const drop = useEffectEvent((dragged: string, at: Edge) => {
    mover.drop(dragged, todo, at);
  });

  useEffect(() => {
    let undo = () => undefined as unknown;
    let gone = false;
    // Loaded only where something can be moved.
    void import("./drag-row").then(({ dragRow }) => {
      const row = handle.current?.closest("li");
      if (gone || !row || handle.current === null) return;
      undo = dragRow({ row, handle: handle.current, id: todo.id, hover: setEdge, drop });
    });
    return () => {
      gone = true;
      undo();
    };
  }, [todo.id]);

  return (
    <>
      <button
        ref={handle}
        id={`move-${todo.id}`}
        type="button"
        aria-label={`Move ${todo.title}`}
        aria-expanded={expanded}
        title="Drag, or press the up or down arrow key"
        disabled={todo.pending === true}
        onClick={toggle}
        onKeyDown={(event) => {
          const way = ({ ArrowUp: "up", ArrowDown: "down" } as const)[event.key];
          if (way === undefined) return;
          event.preventDefault();
          mover.move(todo, way);
        }}
        className="-me-2 ms-1 grid h-10 w-8 shrink-0 cursor-grab place-items-center rounded-lg text-soft hover:bg-tint hover:text-accent"
      >
        <GripVertical aria-hidden className="size-4" />
      </button>
      {edge !== null && (
        <span
          aria-hidden
          className={`pointer-events-none absolute inset-x-0 h-0.5 bg-accent ${edge === "top" ? "top-0" : "bottom-0"}`}
        />
      )}
    </>
  );
}
