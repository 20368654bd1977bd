"use client";

import { useCallback } from "react";
import { isBusy } from "@/client/api/busy";
import { useChange, useWaiting, useUndo } from "@/client/changes/changes";
import { dayOf } from "@/client/todos/day";
import type { Todo } from "@/client/todos/todo";
import { changesOf, typedOf } from "@/client/todos/todo-form";
import { useKnownTags, useTodos, type FirstList } from "@/client/todos/todos";
import { useUnsaved, type Draft, type Editing } from "@/client/kept/unsaved";
import { useWanted } from "@/client/todos/use-wanted";
import { Button } from "@/components/ui/button";
import { ConflictCard } from "@/components/todo/conflict-card";
import { EmptyList, FailedList, LoadingList } from "./list-states";
import { NewTodo } from "@/components/todo/new-todo";
import { Notice } from "@/components/ui/notice";
import { OfflineBanner } from "@/components/page/offline-banner";
import { SelectionBar } from "./selection-bar";
import { TodoFilter } from "./todo-filter";
import { TodoItems } from "./todo-items";
import { Undo } from "./undo";
import { useKeeping } from "./use-keeping";
import { useSelection } from "./use-selection";
import { Views } from "./views";

const titles = { "": "Your todos", today: "Today", upcoming: "Upcoming" } as const;
const reasons = { busy: "The server is busy.", away: "The server cannot be reached." } as const;

interface Props {
  /** Whose list it is: what is unsaved is kept for them. */
  readonly account?: string;
  readonly first?: FirstList | undefined;
}

/** The list page's content: a field for a new todo, and the todos or what there is instead of them. */
export function TodoList({ account, first }: Props) {
  const [wanted, choose] = useWanted();
  const change = useChange();
  const { query: todos, items } = useTodos(wanted, first);
  const { drafts, failure, editing } = useUnsaved(change);
  const { last, undo } = useUndo(change);
  const waiting = useWaiting();
  const tags = useKnownTags();
  const forms = Object.fromEntries(Object.entries(drafts).filter(([, draft]) => isOpen(draft)));
  const rows = items && withForms(items, forms);
  const [selection, select] = useSelection(items ?? []);
  useKeeping(account);

  const stopSelecting = useCallback(() => {
    select(false);
    document.getElementById("select-several")?.focus();
  }, [select]);

  return (
    <div className="grid gap-5">
      <div>
        <div className="flex flex-wrap items-center justify-between gap-x-4">
          <h1 className="text-2xl font-semibold tracking-tight">{titles[wanted.view]}</h1>
          <Views shown={wanted.view} choose={choose} />
        </div>
        <OfflineBanner />
      </div>
      <NewTodo
        add={(added) => {
          const { todo } = added;
          // Without a day it would not be seen here.
          const due = wanted.view === "today" ? dayOf(new Date()) : null;
          change({ ...added, todo: { ...todo, due_date: todo.due_date ?? due } });
        }}
      />
      {waiting && <p role="status">{reasons[waiting]} Your change waits, and is sent again by itself.</p>}
      {failure !== "" && <Notice title="That change was not saved">{failure}</Notice>}
      <Conflicts drafts={drafts} editing={editing} />
      <TodoFilter wanted={wanted} choose={choose} tags={tags} selecting={selection !== null} select={select} />
      {selection && items !== undefined && (
        <SelectionBar
          selection={selection}
          shown={items.length}
          complete={() => {
            change({ kind: "complete", todos: selection.chosen });
            stopSelecting();
          }}
          change={(changes) => {
            change({ kind: "edit-many", parts: [{ todos: selection.chosen, changes }] });
            stopSelecting();
          }}
          remove={() => {
            change({ kind: "delete", todos: selection.chosen });
            stopSelecting();
          }}
          stop={stopSelecting}
        />
      )}
      {todos.isPending && <LoadingList />}
      {isBusy(todos.failureReason) && todos.isFetching && (
        <p role="status">The server is busy. Your todos are asked for again by themselves.</p>
      )}
      {todos.isError && (items === undefined || failure === "") && (
        <FailedList
          message={todos.error.message}
          shown={items !== undefined}
          retry={() => {
            void todos.refetch();
          }}
        />
      )}
      {rows?.length === 0 && <EmptyList wanted={wanted} />}
      {rows !== undefined && rows.length > 0 && (
        <TodoItems
          todos={rows}
          drafts={forms}
          editing={editing}
          change={change}
          remove={(todo) => {
            change({ kind: "delete", todos: [todo] });
          }}
          selection={selection}
          manual={wanted.sort === "-position"}
          more={todos.hasNextPage}
          showTag={(tag) => {
            choose({ tag });
          }}
        />
      )}
      {todos.hasNextPage && (
        <Button
          look="plain"
          className="justify-self-center"
          disabled={todos.isFetchingNextPage}
          onClick={() => {
            void todos.fetchNextPage();
          }}
        >
          Show more
        </Button>
      )}
      {/* It would lie above a form. */}
      {Object.keys(forms).length === 0 && <Undo last={last} undo={undo} />}
    </div>
  );
}

interface ConflictsProps {
  readonly drafts: Readonly<Record<string, Draft>>;
  readonly editing: Editing;
}

/** The first of the edits that crossed with one made elsewhere. */
function Conflicts({ drafts, editing }: ConflictsProps) {
  const draft = Object.values(drafts).find(({ theirs }) => theirs !== undefined);
  if (draft?.theirs === undefined) return null;
  const { seen, typed, theirs } = draft;
  const fields = changesOf(seen, typed);
  return (
    <ConflictCard
      key={`${theirs.id} ${theirs.version}`}
      conflict={{ seen, fields, theirs }}
      decide={(mine) => {
        if (mine) editing.save(theirs, typedOf({ ...theirs, ...fields }));
        else editing.drop(draft);
      }}
    />
  );
}

function isOpen({ sending, theirs }: Draft): boolean {
  return !sending && theirs === undefined;
}

/** The todos, and before them those whose form is open though no filter lets them through. */
function withForms(todos: readonly Todo[], forms: Readonly<Record<string, Draft>>): readonly Todo[] {
  const shown = new Set(todos.map(({ id }) => id));
  return [...Object.values(forms).flatMap(({ seen }) => (shown.has(seen.id) ? [] : [seen])), ...todos];
}
