/** One type of resource, by Pulumi's operations on it. */
export interface Resource<Inputs, Checked, State> {
  /** Completes what the program says; `olds` is empty when the resource is made or replaced. */
  check(urn: string, olds: Partial<Checked>, news: Inputs): Promise<Checked>;
  /** Compares state and program, and state and the real thing. A replacement deletes first. */
  diff(urn: string, olds: State, news: Checked): Promise<Difference>;
  create(urn: string, inputs: Checked): Promise<{ id: string; state: State }>;
  /** @returns undefined when it is gone. */
  read(urn: string, state: State): Promise<State | undefined>;
  update(urn: string, olds: State, news: Checked): Promise<State>;
  delete(urn: string, state: State): Promise<void>;
}

/** What {@link Resource.diff} finds. */
export interface Difference {
  /** Whether there is anything to do. */
  changes: boolean;
  /** The inputs because of which it must be replaced; none when it can be changed as it is. */
  replaces?: string[];
}
