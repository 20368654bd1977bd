"use client";

import { useAddTodo, useDeleteTodo, useTickTodo, useTodos, type Todo } from "@/client/todos";
import { Button } from "./button";
import { NewTodo } from "./new-todo";
import { Notice } from "./notice";
import { TodoItem } from "./todo-item";

/** The list page's content: a field for a new todo, and the todos or what there is instead of them. */
export function TodoList() {
  const todos = useTodos();
  const add = useAddTodo();
  const tick = useTickTodo();
  const remove = useDeleteTodo();
  const failed = [add, tick, remove].find((change) => change.isError);
  return (
    <div className="grid gap-5">
      <div className="flex items-baseline justify-between">
        <h1 className="text-2xl font-semibold tracking-tight">Your todos</h1>
        {todos.data && <p className="text-sm text-soft">{summary(todos.data)}</p>}
      </div>
      <NewTodo add={add} />
      {failed?.error && <Notice title="That change was not saved">{failed.error.message}</Notice>}
      {todos.isPending && <Loading />}
      {todos.isError && (
        <div className="grid gap-3">
          <Notice title="Your todos could not be loaded">{todos.error.message}</Notice>
          <Button
            look="plain"
            className="justify-self-start"
            onClick={() => {
              void todos.refetch();
            }}
          >
            Try again
          </Button>
        </div>
      )}
      {todos.data?.length === 0 && <Empty />}
      {todos.data && todos.data.length > 0 && (
        <ul
          aria-label="Todos"
          className="divide-y divide-line overflow-hidden rounded-2xl border border-line bg-surface"
        >
          {todos.data.map((todo) => (
            <TodoItem key={todo.id} todo={todo} tick={tick.mutate} remove={remove.mutate} />
          ))}
        </ul>
      )}
    </div>
  );
}

function summary(todos: readonly Todo[]): string {
  const open = todos.filter((todo) => !todo.done).length;
  if (todos.length === 0) return "";
  return open === 0 ? "All done" : `${open} of ${todos.length} open`;
}

function Loading() {
  return (
    <div role="status" className="grid gap-px overflow-hidden rounded-2xl border border-line bg-line">
      <span className="sr-only">Loading your todos</span>
      {["w-3/5", "w-2/5", "w-1/2"].map((width) => (
        <div key={width} className="flex h-14 animate-pulse items-center gap-4 bg-surface px-4">
          <span className="size-5 rounded-md bg-line" />
          <span className={`h-3 rounded bg-line ${width}`} />
        </div>
      ))}
    </div>
  );
}

function Empty() {
  return (
    <div className="grid justify-items-center gap-1 rounded-2xl border border-dashed border-field/60 px-6 py-14 text-center">
      <p className="text-lg font-medium">Nothing to do yet</p>
      <p className="text-soft">Write down the first thing on your mind.</p>
    </div>
  );
}
