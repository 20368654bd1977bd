import { useEffect, useRef } from "react";
import type { Draft, Editing } from "@/client/kept/unsaved";
import { TodoEditor } from "./todo-editor";
import { TodoRow, type RowProps } from "./todo-row";

interface Props extends Omit<RowProps, "editButton" | "edit"> {
  /** There while its form is open. */
  readonly draft: Draft | undefined;
  readonly editing: Editing;
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
