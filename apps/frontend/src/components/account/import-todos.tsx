import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { todosKey } from "@/client/todos/todo";
import { importFile, type Imported } from "@/client/transfer/import-file";
import { Notice } from "@/components/ui/notice";

/** Adds the todos of a file, and says what became of them. */
export function ImportTodos() {
  const client = useQueryClient();
  const [sofar, setSofar] = useState<Imported | null>(null);
  const bring = useMutation({
    mutationFn: (file: File) => importFile(file, setSofar),
    onMutate: () => {
      setSofar(null);
    },
    // A part may be there, even if the rest failed.
    onSettled: () => client.invalidateQueries({ queryKey: todosKey }),
  });
  return (
    <>
      <div className="grid gap-1.5">
        <label htmlFor="import" className="text-sm font-medium">
          Import a file
        </label>
        <input
          id="import"
          type="file"
          accept=".json,.csv,.ics"
          disabled={bring.isPending}
          className="text-sm file:me-3 file:min-h-11 file:rounded-xl file:border file:border-field file:bg-surface file:px-4"
          onChange={({ target }) => {
            const file = target.files?.[0];
            if (file !== undefined) bring.mutate(file);
            // The same file can be chosen again once it is repaired.
            target.value = "";
          }}
        />
      </div>
      {bring.isError && (
        <Notice title={sofar === null ? "Nothing was imported" : "Only a part of the file was imported"}>
          {bring.error.message}
          {sofar !== null && " Import the file again for the rest: what is there already is left as it is."}
        </Notice>
      )}
      <div role="status" className="grid gap-2 text-sm empty:hidden">
        {sofar === null ? bring.isPending && <p>Importing…</p> : <Result sofar={sofar} />}
      </div>
    </>
  );
}

function Result({ sofar: { added, skipped, problems, share } }: { readonly sofar: Imported }) {
  return (
    <>
      <p className="font-medium text-accent">
        {share < 1 && `${Math.floor(share * 100)} % of the file: `}
        Added {added}, {skipped} were there already.
      </p>
      {problems.length > 0 && (
        <ul className="list-disc ps-5 text-soft">
          {problems.map(({ line, message }) => (
            <li key={`${line} ${message}`}>
              Line {line}: <bdi>{message}</bdi>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
