"use client";

import { useState } from "react";
import { useChange, useUndo } from "@/client/changes/changes";
import { usePurge, useTrash, type TrashedTodo } from "@/client/todos/trash";
import { useUnsaved } from "@/client/kept/unsaved";
import { Button } from "@/components/ui/button";
import { FailedList, LoadingList } from "./list-states";
import { Notice } from "@/components/ui/notice";
import { OfflineBanner } from "@/components/page/offline-banner";
import { Undo } from "./undo";
import { useKeeping } from "./use-keeping";
import { Views } from "./views";

const inDays = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });

/** The page's content: deleted todos, which can be brought back or deleted for ever. */
export function Trash({ account }: { readonly account?: string }) {
  const change = useChange();
  const { query, todos } = useTrash();
  const { failure } = useUnsaved(change);
  const { last, undo } = useUndo(change);
  const purge = usePurge();
  useKeeping(account);
  return (
    <div className="grid gap-5">
      <div>
        <div className="flex flex-wrap items-center justify-between gap-x-4">
          <h1 className="text-2xl font-semibold tracking-tight">Trash</h1>
          <Views shown="trash" />
        </div>
        <p className="text-soft">What you delete stays here for 30 days.</p>
        <OfflineBanner />
      </div>
      {failure !== "" && <Notice title="That change was not saved">{failure}</Notice>}
      {purge.isError && <Notice title="That was not deleted">{purge.error.message}</Notice>}
      {query.isPending && <LoadingList />}
      {query.isError && (
        <FailedList
          message={query.error.message}
          shown={todos !== undefined}
          retry={() => {
            void query.refetch();
          }}
        />
      )}
      {todos?.length === 0 && (
        <p className="rounded-2xl border border-dashed border-field/60 px-6 py-14 text-center text-soft">
          The trash is empty.
        </p>
      )}
      {todos !== undefined && todos.length > 0 && (
        <>
          <ul aria-label="Deleted todos" className="divide-y divide-line rounded-2xl border border-line bg-surface">
            {todos.map((todo) => (
              <TrashedItem
                key={todo.id}
                todo={todo}
                restore={() => {
                  change({ kind: "restore", todos: [todo] });
                }}
                purge={() => {
                  purge.mutate(todo);
                }}
              />
            ))}
          </ul>
          {query.hasNextPage && (
            <Button
              look="plain"
              className="justify-self-center"
              disabled={query.isFetchingNextPage}
              onClick={() => {
                void query.fetchNextPage();
              }}
            >
              Show more
            </Button>
          )}
          <Confirmed
            name="Empty the trash"
            sure="Delete all for ever"
            act={() => {
              purge.mutate("all");
            }}
          />
        </>
      )}
      <Undo last={last} undo={undo} />
    </div>
  );
}

interface ItemProps {
  readonly todo: TrashedTodo;
  readonly restore: () => void;
  readonly purge: () => void;
}

function TrashedItem({ todo, restore, purge }: ItemProps) {
  return (
    <li className="flex flex-wrap items-center gap-2 py-2 pe-2 ps-4">
      <div className="min-w-40 flex-1">
        <p dir="auto" className="break-words">
          {todo.title}
        </p>
        <p className="text-sm text-soft">Deleted {inDays.format(new Date(todo.deleted_at))}</p>
      </div>
      <div className="ms-auto flex gap-2">
        <Button look="plain" aria-label={`Restore ${todo.title}`} className="text-sm" onClick={restore}>
          Restore
        </Button>
        <Confirmed name="Delete for ever" of={todo.title} sure="Really delete" act={purge} />
      </div>
    </li>
  );
}

interface ConfirmedProps {
  readonly name: string;
  readonly sure: string;
  /** What it is done to, for whoever does not see where the button stands. */
  readonly of?: string;
  readonly act: () => void;
}

/** A button for what cannot be undone: the first press only asks. */
function Confirmed({ name, sure, of, act }: ConfirmedProps) {
  const [asking, ask] = useState(false);
  const shown = asking ? sure : name;
  return (
    <Button
      look={asking ? "danger" : "quiet"}
      aria-label={of === undefined ? undefined : `${shown} ${of}`}
      className="justify-self-start text-sm"
      onBlur={() => {
        ask(false);
      }}
      onClick={({ detail }) => {
        // The second press of a double click answers nothing that was read.
        if (detail > 1) return;
        ask(!asking);
        if (asking) act();
      }}
    >
      {shown}
    </Button>
  );
}
