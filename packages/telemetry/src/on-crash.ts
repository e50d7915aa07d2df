/**
 * Has an error that nobody caught, or a promise nobody waited for, told by `report`, and then ends the process with the code that
 * gives. Node itself would print all properties of the error, and a driver's errors hold the client with its password.
 */
export function onCrash(report: (error: unknown) => number | Promise<number>): void {
  process.once("uncaughtException", (error: unknown) => {
    const code = report(error);
    // At once where that is possible, so that nothing happens after what was reported.
    if (typeof code === "number") process.exit(code);
    void code.then((later) => process.exit(later));
  });
}
