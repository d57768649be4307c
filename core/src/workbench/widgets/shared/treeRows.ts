/** A node as it is shown; its owner makes a new one when something of it changes. */
export interface TreeNode {
  /** Unique in the tree, and the same as long as it means the same thing: what is open and selected is known by it. */
  id: string;
  label: string;
  /** Beside the label, weaker. */
  description?: string;
  /** A codicon's name. */
  icon?: string;
  tooltip?: string;
  /** What a screen reader says in place of label and description. */
  name?: string;
  /** Left out where there are none, or where they are loaded when it is first opened. */
  children?: readonly TreeNode[];
  /** Has children that `load` of the tree answers. */
  lazy?: boolean;
  /** For its owner. */
  data?: unknown;
}

/** A row of the tree as it is drawn. */
export interface TreeRow {
  node: TreeNode;
  /** From 1. */
  level: number;
  /** Index of its parent's row; −1 at the top. */
  parent: number;
  /** Null where there is nothing to open. */
  expanded: boolean | null;
  position: number;
  siblings: number;
}

/** The rows of all nodes whose parents are open. */
export function treeRows(
  nodes: readonly TreeNode[],
  expanded: ReadonlySet<string>,
  childrenOf: (node: TreeNode) => readonly TreeNode[] | undefined,
): TreeRow[] {
  const rows: TreeRow[] = [];
  const add = (siblings: readonly TreeNode[], level: number, parent: number): void => {
    siblings.forEach((node, index) => {
      const children = childrenOf(node);
      const opens = node.lazy === true || (children !== undefined && children.length > 0);
      const open = opens && expanded.has(node.id);
      const row = rows.push({
        node,
        level,
        parent,
        expanded: opens ? open : null,
        position: index + 1,
        siblings: siblings.length,
      });
      if (open && children) add(children, level + 1, row - 1);
    });
  };
  add(nodes, 1, -1);
  return rows;
}
