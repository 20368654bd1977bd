import { useEffect, useRef, useState } from "react";
import type { Change } from "@/client/changes/change";
import { positionsFor } from "@/client/todos/position";
import type { Todo } from "@/client/todos/todo";
import type { Edge } from "./drag-row";

/** Where a todo can be moved to. */
export type Way = "top" | "up" | "down" | "bottom";

/** Moves the todos of a list in manual order. */
export interface Mover {
  readonly move: (todo: Todo, way: Way) => void;
  /** Moves the todo with the id `dragged` next to another. */
  readonly drop: (dragged: string, onto: Todo, edge: Edge) => void;
}

interface Options {
  readonly todos: readonly Todo[];
  /** Whether the list goes on after these todos; then nothing can be moved to its end. */
  readonly more: boolean;
  readonly change: (change: Change) => void;
}

/** What moves todos, and what a screen reader is to say about the last move. The focus goes with what was moved. */
export function useReorder({ todos, more, change }: Options): { mover: Mover; said: string } {
  const [said, setSaid] = useState("");
  const focused = useRef("");
  const last = todos.length - (more ? 2 : 1);

  useEffect(() => {
    // An element that is put elsewhere in the document loses the focus.
    if (document.activeElement === document.body) document.getElementById(focused.current)?.focus();
  }, [todos]);

  function moveTo(from: number, wanted: number) {
    const to = Math.max(0, Math.min(wanted, Math.max(last, from)));
    focused.current = document.activeElement?.id ?? "";
    setSaid(`${todos[from]?.title ?? ""}: ${to + 1} of ${todos.length}`);
    const placed = positionsFor(todos, from, to);
    const before = todos.filter(({ id }) => placed.some((other) => other.id === id));
    if (placed.length === 0) return;
    change({ kind: "place", placed, before: before.map(({ id, position }) => ({ id, position })) });
  }

  const mover: Mover = {
    move: (todo, way) => {
      const from = todos.indexOf(todo);
      moveTo(from, { top: 0, up: from - 1, down: from + 1, bottom: last }[way]);
    },
    drop: (dragged, onto, edge) => {
      const from = todos.findIndex((todo) => todo.id === dragged);
      const others = todos.filter((todo) => todo.id !== dragged);
      if (from >= 0) moveTo(from, others.indexOf(onto) + (edge === "bottom" ? 1 : 0));
    },
  };
  return { mover, said };
}
