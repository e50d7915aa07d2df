import { getNodeValue, type Node } from "jsonc-parser";

/** The value under a key: of duplicate keys the last, and `null` counts as not given, as Go's decoder has it. */
export function member(object: Node | undefined, key: string): Node | undefined {
  const property = object?.children?.findLast(
    ({ children: [name] = [] }) => name !== undefined && getNodeValue(name) === key,
  );
  const value = property?.children?.[1];
  return value?.type === "null" ? undefined : value;
}
