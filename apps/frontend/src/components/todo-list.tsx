"use client";

import { useCallback, useState } from "react";
import { pendingTodo } from "@/client/todo";
import {
  useAddTodo,
  useBulk,
  useChangeTodo,
  useKnownTags,
  usePlaceTodos,
  useTodos,
  type Conflict,
} from "@/client/todos";
import { useWanted } from "@/client/use-wanted";
import { Button } from "./button";
import { ConflictCard } from "./conflict-card";
import { EmptyList, FailedList, LoadingList } from "./list-states";
import { NewTodo } from "./new-todo";
import { Notice } from "./notice";
import { OfflineBanner } from "./offline-banner";
import { SelectionBar } from "./selection-bar";
import { TodoFilter } from "./todo-filter";
import { TodoItems } from "./todo-items";
import { Undo } from "./undo";
import { useSelection } from "./use-selection";

/** The list page's content: a field for a new todo, and the todos or what there is instead of them. */
export function TodoList() {
  const [wanted, choose] = useWanted();
  const todos = useTodos(wanted);
  const tags = useKnownTags();
  const add = useAddTodo();
  const [conflicts, setConflicts] = useState<readonly Conflict[]>([]);
  const change = useChangeTodo((conflict) => {
    setConflicts((others) => [...others, conflict]);
  });
  const [conflict] = conflicts;
  const place = usePlaceTodos();
  const complete = useBulk("complete");
  const remove = useBulk("delete");
  const restore = useBulk("restore");
  const failed = [add, change, place, complete, remove, restore].find((mutation) => mutation.isError);
  const items = todos.data?.pages.flatMap((page) => page.todos);
  const [selection, select] = useSelection(items ?? []);

  const stopSelecting = useCallback(() => {
    select(false);
    document.getElementById("select-several")?.focus();
  }, [select]);

  return (
    <div className="grid gap-5">
      <div>
        <h1 className="text-2xl font-semibold tracking-tight">Your todos</h1>
        <OfflineBanner />
      </div>
      <NewTodo add={(title) => add.mutateAsync(pendingTodo(title))} />
      {failed?.error && <Notice title="That change was not saved">{failed.error.message}</Notice>}
      {conflict && (
        <ConflictCard
          key={`${conflict.theirs.id} ${conflict.theirs.version}`}
          conflict={conflict}
          decide={(mine) => {
            setConflicts(conflicts.slice(1));
            if (mine) change.mutate({ id: conflict.theirs.id, fields: conflict.fields, seen: conflict.theirs });
          }}
        />
      )}
      <TodoFilter wanted={wanted} choose={choose} tags={tags} selecting={selection !== null} select={select} />
      {selection && items && (
        <SelectionBar
          selection={selection}
          shown={items.length}
          complete={() => {
            complete.mutate(selection.chosen);
            stopSelecting();
          }}
          remove={() => {
            remove.mutate(selection.chosen);
            stopSelecting();
          }}
          stop={stopSelecting}
        />
      )}
      {todos.isPending && <LoadingList />}
      {todos.isError && (items === undefined || failed === undefined) && (
        <FailedList
          message={todos.error.message}
          shown={items !== undefined}
          retry={() => {
            void todos.refetch();
          }}
        />
      )}
      {items?.length === 0 && <EmptyList wanted={wanted} />}
      {items !== undefined && items.length > 0 && (
        <TodoItems
          todos={items}
          change={change.mutate}
          remove={(todo) => {
            remove.mutate([todo]);
          }}
          selection={selection}
          manual={wanted.sort === "-position"}
          more={todos.hasNextPage}
          place={place.mutate}
          showTag={(tag) => {
            choose({ ...wanted, tag });
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
      <Undo
        deleted={remove.isSuccess ? remove.variables : undefined}
        undo={(deleted) => {
          restore.mutate(deleted);
          remove.reset();
        }}
        dismiss={remove.reset}
      />
    </div>
  );
}
