/**
 * What Pulumi is to keep and to show, but not to look into. Each leaf of a tree costs it time, in the engine, in its
 * log and in the state; a text costs nothing, and Pulumi shows by field what changes in one that is JSON.
 */
export const textOf = (tree: object): string => JSON.stringify(tree);

/** What such a text says. What is no text is given as it is: states from before hold trees. */
export const treeOf = <Tree extends object>(kept: Tree | string): Tree =>
  typeof kept === "string" ? (JSON.parse(kept) as Tree) : kept;
