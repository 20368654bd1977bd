import { combine } from "@atlaskit/pragmatic-drag-and-drop/combine";
import { draggable, dropTargetForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";

interface Options {
  readonly row: HTMLElement;
  readonly handle: HTMLElement;
  readonly id: string;
  /** Called with the edge of this row that is nearest to what is dragged over it; null when nothing is. */
  readonly hover: (edge: Edge | null) => void;
  /** Called when the row with the id `dragged` was dropped on this one. */
  readonly drop: (dragged: string, edge: Edge) => void;
}

/** Where a row lands: above or below the one that it is dropped on. */
export type Edge = "top" | "bottom";

/** Makes a row draggable by its handle, and a place to drop other rows at. Gives what undoes that. */
export function dragRow({ row, handle, id, hover, drop }: Options): () => void {
  return combine(
    draggable({ element: row, dragHandle: handle, getInitialData: () => ({ id }) }),
    dropTargetForElements({
      element: row,
      canDrop: ({ source }) => typeof source.data.id === "string" && source.data.id !== id,
      onDrag: ({ location }) => {
        hover(nearestEdge(row, location.current.input.clientY));
      },
      onDragLeave: () => {
        hover(null);
      },
      onDrop: ({ location, source }) => {
        hover(null);
        drop(String(source.data.id), nearestEdge(row, location.current.input.clientY));
      },
    }),
  );
}

function nearestEdge(row: HTMLElement, y: number): Edge {
  const { top, height } = row.getBoundingClientRect();
  return y < top + height / 2 ? "top" : "bottom";
}
