"use client";

import { useRef, type KeyboardEvent } from "react";
import type { Change } from "@/client/changes/change";
import type { Todo } from "@/client/todos/todo";
import type { Draft, Editing } from "@/client/kept/unsaved";
import { TodoItem } from "@/components/todo/todo-item";
import { useReorder } from "@/components/moving/use-reorder";
import type { Selection } from "./use-selection";

interface Props {
  readonly todos: readonly Todo[];
  /** The open forms, by the ids of their todos. */
  readonly drafts: Readonly<Record<string, Draft>>;
  readonly editing: Editing;
  readonly change: (change: Change) => void;
  readonly remove: (todo: Todo) => void;
  readonly showTag: (tag: string) => void;
  /** There while somebody selects: then the boxes select instead of ticking off. */
  readonly selection: Selection | null;
  /** Whether the todos are in manual order, so that they can be moved. */
  readonly manual: boolean;
  /** Whether the list goes on after these todos. */
  readonly more: boolean;
}

/**
 * The todos as a list. With a tick box in focus, the arrow keys go to the next or previous todo, Home and End to the
 * first or last, e edits, and Delete deletes.
 */
export function TodoItems(props: Props) {
  const { todos, drafts, editing, change, remove, showTag, selection, manual, more } = props;
  const list = useRef<HTMLUListElement>(null);
  const { mover, said } = useReorder({ todos, more, change });

  function focus(index: number) {
    const boxes = list.current?.querySelectorAll<HTMLElement>('[type="checkbox"]') ?? [];
    boxes[Math.max(0, Math.min(index, boxes.length - 1))]?.focus();
  }

  /** The focus goes to the neighbour, not back to the start of the page. */
  function removeAt(index: number, todo: Todo) {
    if (todos.length > 1) focus(index + 1 < todos.length ? index + 1 : index - 1);
    else document.getElementById("new-todo")?.focus();
    remove(todo);
  }

  function onKeyDown(event: KeyboardEvent, index: number, todo: Todo) {
    const acts: Partial<Record<string, () => void>> = {
      ArrowDown: () => {
        focus(index + 1);
      },
      ArrowUp: () => {
        focus(index - 1);
      },
      Home: () => {
        focus(0);
      },
      End: () => {
        focus(todos.length - 1);
      },
      ...(selection === null && {
        e: () => {
          if (todo.pending !== true) editing.open(todo);
        },
        Delete: () => {
          removeAt(index, todo);
        },
      }),
    };
    const act = acts[event.key];
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  }

  return (
    <>
      <p role="status" className="sr-only">
        {said}
      </p>
      <ul
        ref={list}
        aria-label="Todos"
        className="divide-y divide-line overflow-hidden rounded-2xl border border-line bg-surface"
      >
        {todos.map((todo, index) => (
          <TodoItem
            key={todo.id}
            todo={todo}
            draft={drafts[todo.id]}
            editing={editing}
            change={change}
            showTag={showTag}
            selection={selection}
            mover={manual && selection === null ? mover : null}
            remove={() => {
              removeAt(index, todo);
            }}
            onKeyDown={(event) => {
              onKeyDown(event, index, todo);
            }}
          />
        ))}
      </ul>
    </>
  );
}
