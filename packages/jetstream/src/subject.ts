/** Whether every subject that `subject` (which may hold wildcards) matches is matched by `pattern` too. */
export function subjectCovers(pattern: string, subject: string): boolean {
  const wide = pattern.split(".");
  const narrow = subject.split(".");
  for (const [index, token] of wide.entries()) {
    const other = narrow[index];
    if (token === ">") return other !== undefined;
    if (other === undefined || other === ">") return false;
    if (token !== "*" && token !== other) return false;
  }
  return wide.length === narrow.length;
}
