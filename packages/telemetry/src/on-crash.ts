/**
 * Has an error that nobody caught, or a promise nobody waited for, told by `report`, and then ends the process with the code that
 * gives. Node itself would print all properties of the error, and a driver's errors hold the client with its password.
 */
export function onCrash(report: (error: unknown) => number | Promise<number>): void {
  process.once("uncaughtException", (error: unknown) => {
    void (async () => process.exit(await report(error)))();
  });
}
