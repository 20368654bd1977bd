import { useEffect, useRef, type KeyboardEvent } from "react";
import type { Change } from "@/client/change";
import type { Todo } from "@/client/todo";
import type { Draft, Editing } from "@/client/unsaved";
import { TodoEditor } from "./todo-editor";
import { TodoRow } from "./todo-row";
import type { Mover } from "./use-reorder";
import type { Selection } from "./use-selection";

interface Props {
  readonly todo: Todo;
  /** There while its form is open. */
  readonly draft: Draft | undefined;
  readonly editing: Editing;
  readonly change: (change: Change) => void;
  readonly remove: () => void;
  readonly showTag: (tag: string) => void;
  readonly selection: Selection | null;
  /** There if the todo can be moved. */
  readonly mover: Mover | null;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** One todo of the list: a row, or a form in its place. Once the form is closed, the focus goes back to its button. */
export function TodoItem({ draft, editing, ...row }: Props) {
  const editButton = useRef<HTMLButtonElement>(null);
  const closed = useRef(false);
  const isShut = draft === undefined;

  useEffect(() => {
    // The button is hidden while the form is open, so the focus can go back to it only after that.
    if (isShut && closed.current) editButton.current?.focus();
    closed.current = false;
  }, [isShut]);

  if (isShut) {
    return (
      <TodoRow
        {...row}
        editButton={editButton}
        edit={() => {
          editing.open(row.todo);
        }}
      />
    );
  }
  return (
    <li>
      <TodoEditor
        draft={draft}
        editing={editing}
        closing={() => {
          closed.current = true;
        }}
      />
    </li>
  );
}
