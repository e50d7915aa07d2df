/** Where answers to this user come in: it may read no other inbox, and none of another name begins so. */
export function inboxPrefix(user: string): string {
  return `_INBOX_${user.replaceAll(/[^A-Za-z0-9_-]/g, "_")}`;
}
